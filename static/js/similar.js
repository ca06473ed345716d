// The form of a territory: as one types its name, says which territories of the register resemble it.
// Without this module, the same warning comes once the territory is saved.

const place = document.querySelector("[data-similar]");
const form = document.querySelector("form:has([name=name]):has([name=country])");
const PAUSE = 350; // milliseconds without a key before asking
let timer;
let question; // the request under way: an older answer never replaces a newer one
let asked = "";

// Below the name, where one is looking.
if (place && form) form.elements.name.closest(".field").append(place);

async function ask() {
  const { name, country } = form.elements;
  const words = new URLSearchParams({ name: name.value.trim(), country: country.value, but: place.dataset.but });
  if (words.toString() === asked) return;
  asked = words.toString();
  question?.abort();
  question = new AbortController();
  try {
    const answer = await fetch(`${place.dataset.similar}?${words}`, {
      headers: { "X-Requested-With": "fetch" },
      signal: question.signal,
    });
    if (!answer.ok || answer.redirected) return; // saving says it again
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-similar]");
    if (place.textContent.trim() !== fresh.textContent.trim()) place.replaceChildren(...document.adoptNode(fresh).childNodes);
  } catch (trouble) {
    if (trouble.name !== "AbortError") asked = ""; // the network failed: the next key asks again
  }
}

for (const kind of ["input", "change"]) {
  form?.addEventListener(kind, (event) => {
    if (!place || !["name", "country"].includes(event.target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
}
