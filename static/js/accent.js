// The page takes the colour as it is being chosen; without JavaScript the « Voir » button does it.
const field = document.querySelector("input[type=color]");
field?.addEventListener("input", () => {
  document.documentElement.style.setProperty("--accent", field.value);
});
