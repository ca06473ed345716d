// The wizard: says that something is not saved yet, and asks before leaving the page with it.
const form = document.querySelector("[data-wizard]");
if (form) {
  let dirty = false;
  form.addEventListener("input", () => {
    if (dirty) return;
    dirty = true;
    const line = document.createElement("span");
    line.className = "unsaved";
    line.textContent = " Une modification n’est pas encore enregistrée.";
    form.querySelector("[data-saved]")?.append(line);
  });
  form.addEventListener("submit", () => { dirty = false; });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}
