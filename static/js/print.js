// [data-print] prints the page. Hidden without script: the browser's own menu prints too.
// What is folded away on the screen, [data-print-open], stands open on paper.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

window.addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("[data-print-open]")) folded.open = true;
});
