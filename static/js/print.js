// [data-print] prints the page. Hidden without script: the browser's own menu prints too.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
