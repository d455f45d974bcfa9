// Live pages. The stream says a number; when it is higher than what the page shows, the page fetches its own fragments.
// <body or any element data-live-url="/live/…" data-event-number="41">, fragments: hx-get … hx-trigger="live-moved" data-live-refetch.

const root = document.querySelector("[data-live-url]");
const strip = document.querySelector("[data-clock]");
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;
const SETTLED = 100; // After a swap htmx needs a moment before a new fragment hears its trigger.
const SPREAD = 150; // A whole room hears of a change at once; its fetches need not come in the same instant.

let shown = root ? Number(root.dataset.eventNumber) || 0 : 0;
let heard = shown;
let wait = FIRST_WAIT;
let stream = null;
let retry = null;
let refetchRetry = null;
let open = 0;
const guarded = new WeakSet();
let acting = 0; // Requests of the person's own under way: their answers bring the page up to date themselves.

function easternNow() {
  return document.querySelector("[data-clock-time]")?.textContent ?? "";
}

function markLost(seconds) {
  if (!strip) return;
  const cell = strip.querySelector("[data-clock-lost]");
  if (cell?.hidden) {
    cell.hidden = false;
    cell.querySelector("[data-clock-lost-at]").textContent = easternNow();
  }
  strip.classList.add("is-lost");
  cell.querySelector("[data-clock-retry]").textContent = `Trying again in ${seconds} s`;
}

function markFound() {
  strip?.classList.remove("is-lost");
  const cell = strip?.querySelector("[data-clock-lost]");
  if (cell) cell.hidden = true;
}

/** The number a message carries: as id, as JSON with "number", or as its last figure. */
function numberOf(message) {
  const last = message.data.match(/(\d+)\D*$/);
  return last ? Number(last[1]) : Number(message.lastEventId) || 0;
}

function refetch() {
  clearTimeout(refetchRetry);
  const fragments = document.querySelectorAll("[data-live-refetch]");
  if (!fragments.length || open > 0 || acting > 0) return;
  shown = heard;
  open = fragments.length;
  for (const fragment of fragments) {
    onlyIfStillHere(fragment);
    window.htmx.trigger(fragment, "live-moved");
  }
  // htmx answers every trigger with an event; should one go missing, the next number must not wait for ever.
  refetchRetry = setTimeout(() => settle(), 10_000);
}

function settle() {
  if (acting > 0) return;
  open = 0;
  clearTimeout(refetchRetry);
  if (heard > shown) refetch();
}

function isLive(event) {
  return event.detail.requestConfig?.triggeringEvent?.type === "live-moved";
}

/** A button was pressed: its answer replaces what a fetch under way would replace. */
function giveWay() {
  acting += 1;
  if (open > 0) shown = heard - 1;
}

/** Swap what a live fetch brought only if nothing took the fragment's place meanwhile. */
function onlyIfStillHere(fragment) {
  if (guarded.has(fragment)) return;
  guarded.add(fragment);
  fragment.addEventListener("htmx:beforeSwap", (event) => {
    if (isLive(event) && (acting > 0 || !fragment.isConnected)) event.detail.shouldSwap = false;
  });
}

function acted() {
  acting = Math.max(0, acting - 1);
  if (acting === 0) setTimeout(settle, SETTLED);
}

function hear(message) {
  const number = numberOf(message);
  if (number <= heard) return;
  heard = number;
  setTimeout(refetch, Math.random() * SPREAD);
}

function connect() {
  clearTimeout(retry);
  stream?.close();
  stream = new EventSource(root.dataset.liveUrl);
  stream.onopen = () => {
    wait = FIRST_WAIT;
    markFound();
  };
  stream.onmessage = hear;
  stream.addEventListener("moved", hear);
  stream.onerror = () => {
    stream.close();
    stream = null;
    if (wait > FIRST_WAIT) markLost(Math.round(wait / 1000));
    retry = setTimeout(connect, wait);
    wait = Math.min(LONGEST_WAIT, wait * 2);
  };
}

function reconnect() {
  if (document.visibilityState === "hidden") return;
  if (!stream || stream.readyState === EventSource.CLOSED) {
    wait = FIRST_WAIT;
    connect();
  }
}

if (root && window.EventSource) {
  document.addEventListener("htmx:beforeSend", (event) => {
    if (!isLive(event)) giveWay();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!isLive(event)) return acted();
    if (acting > 0) return;
    if (!event.detail.successful) {
      // The fetch failed: what is shown is older than what was heard. Try again, ever more slowly.
      shown = Math.min(shown, heard - 1);
      open = 0;
      clearTimeout(refetchRetry);
      refetchRetry = setTimeout(refetch, wait);
      wait = Math.min(LONGEST_WAIT, wait * 2);
      return;
    }
    open = Math.max(0, open - 1);
    if (open === 0) setTimeout(settle, SETTLED);
  });
  window.addEventListener("online", reconnect);
  document.addEventListener("visibilitychange", reconnect);
  window.addEventListener("pageshow", (event) => event.persisted && reconnect());
  window.addEventListener("pagehide", () => stream?.close());
  connect();
}
