// The page of a running job: asks for its plate and puts the new one in place, until the job is final.
// Without this module the page reloads by itself (a refresh inside <noscript>).

const place = document.querySelector("[data-job]");
const said = place.querySelector("[data-said]");
const FIRST = 600; // milliseconds
const SLOWEST = 5000;

const plate = () => place.querySelector("#traitement");
const isFinal = (node) => ["done", "failed"].includes(node.dataset.state);

// Screen readers hear each new step once, not each percent.
function say(text) {
  if (text && said.textContent !== text) said.textContent = text;
}

function show(fresh) {
  const old = plate();
  const live = old.querySelector("[data-live]");
  const next = fresh.querySelector("[data-live]");
  if (live && next && old.dataset.state === fresh.dataset.state) {
    live.replaceWith(next); // the links around it keep their focus
  } else {
    const hadFocus = old.contains(document.activeElement);
    old.replaceWith(fresh);
    if (hadFocus) fresh.querySelector("h2").focus();
  }
  say(fresh.dataset.say);
}

async function follow(wait) {
  let next = Math.min(wait * 1.15, SLOWEST);
  try {
    const answer = await fetch(place.dataset.job, { headers: { "X-Requested-With": "fetch" } });
    if (answer.redirected) return location.reload(); // the session ended: the sign-in page comes back here
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = document.adoptNode(page.querySelector("#traitement"));
      const over = isFinal(fresh);
      show(fresh);
      if (over) return undefined;
    } else {
      next = SLOWEST;
    }
  } catch {
    next = SLOWEST; // the network is away: try again, more quietly
  }
  return setTimeout(follow, next, next);
}

if (!isFinal(plate())) setTimeout(follow, FIRST, FIRST);
