// The form of a territory: towns are proposed while one types.
// Without this module the button « Chercher ce lieu » brings the page back with the towns found.

const plate = document.querySelector("[data-places]");
const box = plate.querySelector("#id_lieu");
const button = plate.querySelector("button[name=chercher]");
const found = plate.querySelector("[data-found]");
const field = (name) => document.getElementById(`id_${name}`);
const WAIT = 250; // milliseconds after the last key

// What is typed here only searches: the form no longer sends it.
box.removeAttribute("name");
button.type = "button";

function later(action) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, WAIT);
  };
}

async function get(address, values) {
  const answer = await fetch(`${address}?${new URLSearchParams(values)}`, { headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  return answer;
}

function say(text) {
  const line = document.createElement("p");
  line.className = "small mt-3 mb-2";
  line.setAttribute("role", "status");
  line.textContent = text;
  found.replaceChildren(line);
}

function fill(place) {
  for (const [name, value] of Object.entries(place.values)) {
    if (value || name === "name_en") field(name).value = value;
  }
  const level = field("level");
  const town = [...level.options].find((option) => option.text.toLowerCase().startsWith("commune"));
  if (!level.value && town) level.value = town.value;
  box.value = "";
  say(`${place.label} remplit la fiche. Vérifiez l’échelon, puis enregistrez.`);
  field("name").dispatchEvent(new Event("input", { bubbles: true }));
  field("name").focus();
}

function choice(place) {
  const line = document.createElement("li");
  const choose = document.createElement("button");
  choose.type = "button";
  choose.className = "btn btn-line";
  const name = document.createElement("b");
  name.textContent = place.label;
  const detail = document.createElement("small");
  detail.textContent = place.detail;
  choose.append(name, detail);
  choose.addEventListener("click", () => fill(place));
  line.append(choose);
  return line;
}

let asked = 0;

async function search() {
  const words = box.value.trim();
  const turn = ++asked;
  if (words.length < 2) return found.replaceChildren();
  try {
    const answer = await get(plate.dataset.places, { q: words, country: field("country").value });
    const { places } = await answer.json();
    if (turn !== asked) return undefined; // a later search has been sent
    if (!places.length) return say("Aucune ville de plus de 15 000 habitants ne porte ce nom. Essayez une autre orthographe, ou saisissez le lieu à la main.");
    say(places.length > 1 ? `${places.length} villes trouvées : choisissez-en une.` : "Une ville trouvée.");
    const list = document.createElement("ul");
    list.className = "place-list";
    list.append(...places.map(choice));
    return found.append(list);
  } catch {
    return say("La recherche ne répond pas. Saisissez le lieu à la main, ou réessayez.");
  }
}

box.addEventListener("input", later(search));
button.addEventListener("click", () => (box.value.trim() ? search() : box.focus()));
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  search();
});
