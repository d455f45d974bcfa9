// Toasts go by themselves, unless they hold an action or tell of a problem; every one can be closed.

const STAY = 8_000;

function start(toast) {
  if (toast.dataset.flash === "seen") return;
  toast.dataset.flash = "seen";
  const close = toast.querySelector("[data-flash-close]");
  if (close) {
    close.hidden = false;
    close.addEventListener("click", () => toast.remove());
  }
  if (toast.querySelector("a") || toast.classList.contains("is-problem")) return;
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, STAY);
    else toast.remove();
  };
  setTimeout(leave, STAY);
}

function startAll() {
  const fresh = document.querySelectorAll('[data-flash]:not([data-flash="seen"])');
  if (!fresh.length) return;
  // What a new one follows is old news, unless it holds an action or tells of a problem.
  document.querySelectorAll('[data-flash="seen"]:not(.is-problem, :has(a))').forEach((toast) => toast.remove());
  fresh.forEach(start);
}

startAll();
document.addEventListener("htmx:afterSettle", startAll);
document.addEventListener("htmx:oobAfterSwap", startAll);
