// Light or dark, and single-letter keys: kept in cookies, so that the server writes the page right at once.

const form = document.querySelector("[data-display]");
const YEAR = 365 * 24 * 60 * 60;

function keep(name, value) {
  document.cookie = `${name}=${value}; path=/; max-age=${YEAR}; samesite=lax`;
}

function show() {
  const theme = form.elements.theme.value;
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  keep("theme", theme);
  const keys = form.elements.keys.checked ? "on" : "off";
  document.documentElement.dataset.keys = keys;
  keep("keys", keys);
}

if (form) {
  form.querySelector("[data-display-save]").hidden = true;
  form.addEventListener("change", show);
  form.addEventListener("submit", (event) => event.preventDefault());
}
