// A form is sent once: its buttons rest while it is under way, and wake again when the page is shown from the back button.

const WAKE_AFTER = 15_000; // A download or a lost connection leaves the page open; then the button must come back.

function buttonsOf(form) {
  const inside = form.querySelectorAll("button:not([type=button]):not([type=reset]), input[type=submit]");
  const outside = form.id ? document.querySelectorAll(`[type=submit][form="${CSS.escape(form.id)}"]`) : [];
  return [...inside, ...outside];
}

function rest(form) {
  form.setAttribute("aria-busy", "true");
  for (const button of buttonsOf(form)) {
    if (button.disabled) continue;
    button.disabled = true;
    button.dataset.resting = "";
  }
}

function wake(form) {
  form.removeAttribute("aria-busy");
  for (const button of buttonsOf(form)) {
    if (!("resting" in button.dataset)) continue;
    button.disabled = false;
    delete button.dataset.resting;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.resubmit !== undefined) return;
  if (form.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    return;
  }
  // After the browser has read the form: a disabled button would lose its name and value.
  setTimeout(() => {
    if (event.defaultPrevented) return;
    rest(form);
    setTimeout(() => wake(form), WAKE_AFTER);
  });
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target instanceof HTMLFormElement && event.target.hasAttribute("hx-post")) rest(event.target);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target instanceof HTMLFormElement) wake(event.target);
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[aria-busy]").forEach(wake);
});

// Plus and minus beside a number: <button data-step="1" data-step-for="id">.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  const field = button && document.getElementById(button.dataset.stepFor);
  if (!field) return;
  if (Number(button.dataset.step) > 0) field.stepUp();
  else field.stepDown();
  field.dispatchEvent(new Event("change", { bubbles: true }));
});
