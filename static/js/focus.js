// Where focus goes when a fragment has been swapped: to the element that asks for it, or to the new heading if focus was lost.

let within = false;

function focusOn(element) {
  if (!element) return;
  if (!element.matches("a[href], button, input, select, textarea, [tabindex]")) element.setAttribute("tabindex", "-1");
  element.focus({ preventScroll: false });
}

function isQuiet(event) {
  return event.detail.requestConfig?.triggeringEvent?.type === "live-moved";
}

document.addEventListener("htmx:beforeSwap", (event) => {
  within = event.detail.target?.contains(document.activeElement) ?? false;
});

document.addEventListener("htmx:afterSettle", (event) => {
  const lost = document.activeElement === document.body || document.activeElement === null;
  const root = event.detail.elt ?? event.target;
  const invalid = root.querySelector?.(".is-invalid, .alert-danger");
  if (invalid && !isQuiet(event)) return focusOn(invalid);
  const asked = root.matches?.("[data-focus-after-swap]") ? root : root.querySelector?.("[data-focus-after-swap]");
  if (asked && (!isQuiet(event) || (within && lost))) return focusOn(asked);
  if (within && lost) focusOn(root.querySelector?.("h1, h2, h3"));
});

// A page that came back with errors starts at the first of them.
focusOn(document.querySelector("main .is-invalid"));
