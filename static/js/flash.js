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
  document.querySelectorAll("[data-flash]").forEach(start);
}

startAll();
document.addEventListener("htmx:afterSettle", startAll);
document.addEventListener("htmx:oobAfterSwap", startAll);
