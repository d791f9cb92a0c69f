// A pattern's page: loads the message's way again at each hop of its trace, and counts down.

let way = document.getElementById("followed");
// After the last hop it is loaded once more, to show that nothing follows.
const PAUSES = [120, 2500];
let timers = [];
let drawnAt = performance.now();

function fetchSoon() {
  timers.forEach(clearTimeout);
  timers = PAUSES.map((pause) => setTimeout(draw, pause));
}

async function draw() {
  const asked = way.dataset.way;
  const answer = await fetch(asked).catch(() => null);
  if (!answer?.ok) return;
  const html = await answer.text();
  // Another message is followed by now.
  if (asked !== way.dataset.way) return;
  const open = [...way.querySelectorAll("details[open]")].map((each) => each.id);
  const focused = way.contains(document.activeElement) ? document.activeElement.id : "";
  way.innerHTML = html;
  drawnAt = performance.now();
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  offerKeyed();
  count();
}

// What needs the message's key, such as an order to cancel, is offered when a hop has named it.
function offerKeyed() {
  const { key } = way.querySelector("[data-key]").dataset;
  for (const form of document.querySelectorAll("[data-keyed]")) {
    form.elements.key.value = key;
    form.hidden = !key;
  }
}

// Beside the outcome, a sent message brings its own way, which replaces the one before.
function followAnother({ target }) {
  if (target.id !== "followed") return;
  way = document.getElementById("followed");
  // A reload shows the same message.
  history.replaceState(history.state, "", way.dataset.address);
  fetchSoon();
}

function count() {
  const passed = (performance.now() - drawnAt) / 1000;
  for (const each of way.querySelectorAll("[data-left]")) {
    const left = Math.max(0, Number(each.dataset.left) - passed);
    each.querySelector("[data-count]").textContent = `${left.toFixed(left < 10 ? 1 : 0)} s`;
  }
}

function openWhatIsAskedFor() {
  const asked = document.getElementById(location.hash.slice(1));
  if (asked?.matches("details")) asked.open = true;
}

document.addEventListener("lab:hop", ({ detail }) => {
  if (way.dataset.trace && detail.trace === way.dataset.trace) fetchSoon();
});
document.addEventListener("lab:live", ({ detail }) => {
  // Hops from before the page had a stream, or while it had none.
  if (way.dataset.trace && detail === "live") fetchSoon();
});
document.addEventListener("htmx:oobAfterSwap", followAnother);
setInterval(count, 200);
window.addEventListener("hashchange", openWhatIsAskedFor);
openWhatIsAskedFor();
