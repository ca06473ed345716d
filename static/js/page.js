// Small comforts on every page; each page works without them.

// A refused form: move to the summary of errors, so that a screen reader reads it first.
document.getElementById("erreurs")?.focus();

// One menu open at a time, closed by Escape or by a click elsewhere.
const menus = () => document.querySelectorAll("details.menu[open]");
document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Printing in one click; without this script the button stays hidden, and the browser's own command prints.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
