// Single-letter keys. Nothing is listed here but the moving about: [data-key="f"] names the element a key stands for.
// Rows to move over are the children of [data-keylist]. A key that would commit a form goes to its button first; the
// second press presses it.

function off() {
  return document.documentElement.dataset.keys === "off";
}

function inField(target) {
  if (!(target instanceof Element)) return false;
  if (target.isContentEditable) return true;
  if (target.matches("input")) return !["radio", "checkbox", "button", "submit"].includes(target.type);
  return target.matches("textarea, select");
}

function visible(element) {
  return element.checkVisibility?.({ checkVisibilityCSS: true }) ?? element.getClientRects().length > 0;
}

function usable(element) {
  return !element.disabled && element.getAttribute("aria-disabled") !== "true" && visible(element);
}

function rows() {
  return [...document.querySelectorAll("[data-keylist] > *")].filter((row) => row.querySelector("a[href]") && visible(row));
}

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const active = document.activeElement?.closest("[data-keylist] > *");
  const here = all.indexOf(active ?? document.querySelector("[data-keylist] > [aria-current]"));
  const next = all[here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, here + step))];
  all.forEach((row) => row.getAttribute("aria-current") === "true" && row.removeAttribute("aria-current"));
  next.setAttribute("aria-current", "true");
  next.querySelector("a[href]").focus();
  return true;
}

function commits(element) {
  return element.matches("button:not([type=button]), input[type=submit]") && element.form?.method === "post";
}

function press(key) {
  const element = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(usable);
  if (!element) return false;
  if (commits(element) && document.activeElement !== element) {
    element.focus();
    element.scrollIntoView({ block: "nearest" });
    return true;
  }
  if (element.matches("input[type=radio]")) element.focus();
  element.click();
  return true;
}

function find() {
  const field = [...document.querySelectorAll("[data-key-find], input[type=search]")].find(usable);
  field?.focus();
  field?.select?.();
  return Boolean(field);
}

function escape(event) {
  if (document.querySelector("dialog[open], [popover]:popover-open")) return false;
  if (inField(event.target)) {
    event.target.blur();
    return true;
  }
  return press("Escape");
}

const acts = {
  "/": find,
  j: () => move(1),
  k: () => move(-1),
  "?": () => {
    document.getElementById("keys")?.togglePopover();
    return true;
  },
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (event.key === "Escape") {
    if (escape(event)) event.preventDefault();
    return;
  }
  if (off() || inField(event.target) || document.querySelector(".pop:popover-open") && event.key !== "?") return;
  const act = acts[event.key] ?? (event.key.length === 1 ? () => press(event.key) : null);
  if (act?.()) event.preventDefault();
});
