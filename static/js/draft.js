// A form that survives lost signal: <form data-draft="key">. What is typed stays on this phone until it was sent;
// sent without signal, it says so and tries again by itself.

const AGAIN = 5_000;

function fieldsOf(form) {
  return [...form.elements].filter((field) => field.name && field.type !== "hidden" && field.type !== "submit");
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

function keep(form) {
  const kept = {};
  for (const field of fieldsOf(form)) {
    if (field.type === "radio") {
      if (field.checked) kept[field.name] = field.value;
    } else kept[field.name] = field.type === "checkbox" ? field.checked : field.value;
  }
  try {
    localStorage.setItem(form.dataset.draft, JSON.stringify(kept));
  } catch {
    // Private windows may keep nothing; the form works all the same.
  }
}

function restore(form) {
  const kept = read(form.dataset.draft);
  for (const field of fieldsOf(form)) {
    if (!(field.name in kept)) continue;
    if (field.type === "radio") field.checked = kept[field.name] === field.value;
    else if (field.type === "checkbox") field.checked = kept[field.name];
    else field.value = kept[field.name];
  }
}

function say(form, words) {
  const status = form.querySelector("[data-draft-status]");
  status.textContent = words;
  status.hidden = !words;
}

function show(text, url) {
  // The answer is a page of ours: its main part takes the place of this one's.
  const main = new DOMParser().parseFromString(text, "text/html").querySelector("main");
  const here = document.querySelector("main");
  here.replaceWith(main);
  history.replaceState(null, "", url);
  main.querySelectorAll("form[data-draft]").forEach(attach);
  const heading = main.querySelector("[role=alert], h1, strong");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus();
}

function attach(form) {
  restore(form);
  const changed = () => keep(form);
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);

  let isSending = false;
  let waiting = null;

  async function send() {
    if (isSending || !form.isConnected) return;
    isSending = true;
    clearTimeout(waiting);
    const button = form.querySelector(".dock button");
    button.disabled = true;
    try {
      if (!navigator.onLine) throw new TypeError("offline");
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      if (answer.status >= 500) throw new TypeError("the site is not well");
      const text = await answer.text();
      form.dataset.waits = "";
      if (answer.ok || answer.status === 409) localStorage.removeItem(form.dataset.draft);
      show(text, answer.url);
    } catch {
      form.dataset.waits = "yes";
      say(form, "No signal. Your answer is kept on this phone and goes by itself as soon as there is one. Leave this page open.");
      waiting = setTimeout(send, AGAIN);
    } finally {
      isSending = false;
      button.disabled = false;
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    keep(form);
    send();
  });
  const again = () => form.dataset.waits === "yes" && document.visibilityState === "visible" && send();
  window.addEventListener("online", again);
  document.addEventListener("visibilitychange", again);
}

document.querySelectorAll("form[data-draft]").forEach(attach);
