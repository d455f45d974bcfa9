// A list that scrolls in itself, [data-keep-in-view]: its current row is in view, and a swap leaves it where it was.
// The tab of the page is in view too, where the tabs are wider than the phone.

const places = new Map();

function lists(root) {
  return root.querySelectorAll("[data-keep-in-view]");
}

function settle() {
  for (const list of lists(document)) {
    list.scrollTop = places.get(list.id) ?? 0;
    const row = list.querySelector("[aria-current]");
    if (!row) continue;
    const top = row.getBoundingClientRect().top - list.getBoundingClientRect().top;
    if (top < 0 || top + row.offsetHeight > list.clientHeight) list.scrollTop += top - list.clientHeight / 3;
  }
}

document.addEventListener("htmx:beforeSwap", () => {
  for (const list of lists(document)) places.set(list.id, list.scrollTop);
});
document.addEventListener("htmx:afterSettle", settle);
settle();
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
