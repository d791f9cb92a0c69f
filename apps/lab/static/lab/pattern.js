// A pattern's page: loads the message's way again at each hop of its trace, and counts down.

const way = document.querySelector("[data-way]");
const { trace } = way.dataset;
// After the last hop it is loaded once more, to show that nothing follows.
const PAUSES = [120, 2500];
let timers = [];
let drawnAt = performance.now();

function fetchSoon() {
  timers.forEach(clearTimeout);
  timers = PAUSES.map((pause) => setTimeout(draw, pause));
}

async function draw() {
  const answer = await fetch(way.dataset.way).catch(() => null);
  if (!answer?.ok) return;
  const html = await answer.text();
  const open = [...way.querySelectorAll("details[open]")].map((each) => each.id);
  const focused = way.contains(document.activeElement) ? document.activeElement.id : "";
  way.innerHTML = html;
  drawnAt = performance.now();
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  count();
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

if (trace) {
  document.addEventListener("lab:hop", ({ detail }) => detail.trace === trace && fetchSoon());
  // Hops from before the page had a stream, or while it had none.
  document.addEventListener("lab:live", ({ detail }) => detail === "live" && fetchSoon());
  setInterval(count, 200);
}
window.addEventListener("hashchange", openWhatIsAskedFor);
openWhatIsAskedFor();
