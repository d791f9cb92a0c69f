// A pattern's page: loads the message's way again at each hop of its trace, counts down, and adds
// a button to each text that can be copied.

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

function offerToCopy(text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy: ${text.getAttribute("aria-label")}`);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  text.before(button);
}

if (trace) {
  document.addEventListener("lab:hop", ({ detail }) => detail.trace === trace && fetchSoon());
  // Hops from before the page had a stream, or while it had none.
  document.addEventListener("lab:live", ({ detail }) => detail === "live" && fetchSoon());
  setInterval(count, 200);
}
if (navigator.clipboard) document.querySelectorAll("[data-copied]").forEach(offerToCopy);
window.addEventListener("hashchange", openWhatIsAskedFor);
openWhatIsAskedFor();
