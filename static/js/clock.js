// The official clock, the item's clock and times in the viewer's zone. Time comes from the server; the device only counts on.

const EASTERN = "America/New_York";
const own = Intl.DateTimeFormat().resolvedOptions().timeZone || EASTERN;
const strip = document.querySelector("[data-clock]");
const loaded = Date.now();
const start = strip ? Date.parse(strip.dataset.clock) : loaded;
const speed = strip ? Number(strip.dataset.speed) || 1 : 1;

/** The product's time now, in milliseconds: the server's at load plus what has passed since, at the cycle's speed. */
function productNow() {
  return start + (Date.now() - loaded) * speed;
}

function format(at, zone, options) {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", ...options }).format(at);
}

function wallTime(at, zone) {
  return format(at, zone, { hour: "numeric", minute: "2-digit" }).replace(/^0(\d)/, "$1");
}

function wallDay(at, zone) {
  return format(at, zone, { weekday: "short", day: "numeric", month: "short" }).replace(",", "");
}

function inOwnZone(at) {
  return wallDay(at, own) === wallDay(at, EASTERN) ? wallTime(at, own) : `${wallDay(at, own)} ${wallTime(at, own)}`;
}

function zoneName() {
  return own.split("/").pop().replaceAll("_", " ");
}

/** A span in words, at most two units: "3 days", "19 h 45 min", "8 min", "40 s". */
function spanInWords(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(hours / 24);
  if (days >= 3) return `${days} days`;
  const day = days === 1 ? "1 day" : `${days} days`;
  return hours % 24 ? `${day} ${hours % 24} h` : day;
}

function write(element, words) {
  if (element && element.textContent !== words) element.textContent = words;
}

let passed = false;

function tickStrip() {
  const now = productNow();
  write(strip.querySelector("[data-clock-day]"), wallDay(now, EASTERN));
  write(strip.querySelector("[data-clock-time]"), wallTime(now, EASTERN));
  write(strip.querySelector("[data-clock-own-time]"), inOwnZone(now));
  const next = Date.parse(strip.dataset.next);
  if (Number.isNaN(next)) return;
  const left = next - now;
  write(strip.querySelector("[data-clock-countdown]"), left > 0 ? `, in ${spanInWords(left)}` : ", now");
  const gone = Number(strip.dataset.gone) || 0;
  const share = next > start ? Math.min(1, (now - start) / (next - start)) : 1;
  strip.querySelector(".gone")?.setAttribute("width", String(gone + (100 - gone) * share));
  if (left <= 0 && !passed) {
    passed = true;
    document.body.dispatchEvent(new CustomEvent("milestone-passed", { bubbles: true }));
  }
}

function minutesAndSeconds(seconds) {
  const whole = Math.floor(Math.abs(seconds));
  return `${seconds < 0 ? "−" : ""}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

// When each item clock was first seen: a swapped-in clock brings the server's own count with it.
const timersSince = new WeakMap();

function tickTimers() {
  for (const timer of document.querySelectorAll("[data-timer][data-running]")) {
    if (!timersSince.has(timer)) timersSince.set(timer, Date.now());
    const elapsed = Number(timer.dataset.timer) + ((Date.now() - timersSince.get(timer)) / 1000) * speed;
    write(timer.querySelector("[data-timer-words]"), minutesAndSeconds(elapsed));
    const allotted = Number(timer.dataset.allotted);
    if (allotted > 0) {
      const whole = timer.querySelector("svg")?.viewBox.baseVal.width ?? 100;
      timer.querySelector("[data-timer-bar]")?.setAttribute("width", String(Math.min(1, elapsed / allotted) * whole));
    }
  }
}

function titleTimes(root) {
  if (own === EASTERN) return;
  for (const time of root.querySelectorAll("time[data-local]:not([title])")) {
    const at = Date.parse(time.dateTime);
    if (!Number.isNaN(at)) time.title = `${wallDay(at, own)} ${wallTime(at, own)}, ${zoneName()}`;
  }
}

if (strip) {
  const cell = strip.querySelector("[data-clock-own]");
  const differs = wallTime(start, own) !== wallTime(start, EASTERN) || wallDay(start, own) !== wallDay(start, EASTERN);
  if (cell && differs) {
    cell.hidden = false;
    write(cell.querySelector("[data-clock-own-zone]"), matchMedia("(max-width: 640px)").matches ? zoneName() : `${zoneName()}, your zone`);
  }
}

function tick() {
  if (strip) tickStrip();
  tickTimers();
}

titleTimes(document);
document.addEventListener("htmx:afterSettle", (event) => {
  titleTimes(event.target);
  tickTimers();
});
tick();
setInterval(tick, speed > 1 ? 250 : 1000);
