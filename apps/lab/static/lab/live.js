// The live feed: one stream while the page is visible; it dispatches events on the document.
// (A browser opens six connections to a server; hidden pages would use them up.)
//
//   lab:hop     a message at a hook; detail is the hop
//   lab:state   the state of all parts, once a second
//   lab:runs, lab:faults, lab:load, lab:letters   that part of the state has changed
//   lab:live    whether the page is live; detail is "live", "lost" or "full"

let address = document.documentElement.dataset.live;
const badge = document.querySelector("[data-live-badge]");
const words = {
  live: "Live",
  lost: "Not live: the connection is lost, and is tried again",
  full: "Not live: too many windows are open",
};
// Four seconds without an event: the state comes every second.
const SILENCE = 4000;

let source = null;
let state = "";
let lastWord = 0;
let before = {};

function say(next) {
  if (next === state) return;
  state = next;
  document.documentElement.dataset.liveState = next;
  if (badge) {
    badge.textContent = words[next];
    badge.className = `state ${next === "live" ? "state-ok" : "state-bad"}`;
  }
  tell("live", next);
}

function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(`lab:${name}`, { detail, bubbles: true }));
  // htmx listens on the body.
  document.body.dispatchEvent(new CustomEvent(`lab-${name}`, { detail }));
}

function tellChanges(now) {
  // The first state is no change.
  if (!now.switches) return;
  const parts = {
    faults: now.switches?.faults,
    load: now.switches?.load,
    runs: now.switches?.runs,
    letters: now.dead_letters,
  };
  for (const [name, value] of Object.entries(parts)) {
    const text = JSON.stringify(value);
    if (name in before && before[name] !== text) tell(name, value);
    before[name] = text;
  }
}

function hear(event) {
  lastWord = Date.now();
  say("live");
  return JSON.parse(event.data);
}

function open() {
  if (source || document.hidden) return;
  lastWord = Date.now();
  source = new EventSource(address);
  source.addEventListener("hop", (event) => tell("hop", hear(event)));
  source.addEventListener("state", (event) => {
    const now = hear(event);
    tell("state", now);
    tellChanges(now);
  });
  source.addEventListener("error", () => {
    // An error response closes it; the browser itself reconnects a stream that was cut off.
    if (source?.readyState !== EventSource.CLOSED) return;
    source = null;
    say("full");
    setTimeout(open, 10_000);
  });
}

function close() {
  source?.close();
  source = null;
  // A new stream begins with the newest hop; a page fetches what it has missed.
  state = "";
  address = address.split("?")[0];
}

setInterval(() => {
  if (!document.hidden && state !== "full" && Date.now() - lastWord > SILENCE) say("lost");
}, 1000);

// A page that the browser restores from memory has lost its stream.
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
window.addEventListener("pagehide", close);
document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
open();
