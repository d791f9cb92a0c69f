// Charts of the last two minutes: orders a second, milliseconds from placed to confirmed, the lag.

const SVG = "http://www.w3.org/2000/svg";
const LEFT = 44;
const TOP = 12;
const BOTTOM = 172;
const HEIGHT = 200;
const SECONDS = 120;
const BIN = 5;

function element(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

// A round number above all values: 5, 10, 20, 50, 100 ...
function ceiling(highest, least) {
  let top = least;
  for (let step = 0; top < highest; step += 1) top *= step % 3 === 1 ? 2.5 : 2;
  return Math.round(top);
}

// As wide as the page allows, with text of the normal size.
function frame(svg, top) {
  const width = Math.max(240, svg.clientWidth);
  const right = width - 8;
  svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  svg.replaceChildren();
  for (const part of [0, 0.5, 1]) {
    const y = BOTTOM - part * (BOTTOM - TOP);
    svg.append(element("line", { class: "chart-grid-line", x1: LEFT, x2: right, y1: y, y2: y }));
    const value = String(Math.round(top * part * 10) / 10);
    svg.append(element("text", { class: "chart-text chart-left", x: LEFT - 8, y: y + 4 }, value));
  }
  for (const [ago, text] of [[120, "2 min ago"], [60, "1 min"], [0, "now"]]) {
    const x = right - (ago / SECONDS) * (right - LEFT);
    const side = ago === 120 ? "first" : ago ? "middle" : "last";
    const attributes = { class: `chart-text chart-${side}`, x, y: BOTTOM + 20 };
    svg.append(element("text", attributes, text));
  }
  return right;
}

// The line has gaps where there is no value.
function line(svg, name, points, top, right) {
  let path = "";
  let isDrawing = false;
  for (const [part, value] of points) {
    if (value === null || part < 0 || part > 1) {
      isDrawing = false;
      continue;
    }
    const x = LEFT + part * (right - LEFT);
    const y = BOTTOM - (value / top) * (BOTTOM - TOP);
    path += `${isDrawing ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    // A single point makes no line.
    if (!isDrawing) path += `h0.01`;
    isDrawing = true;
  }
  if (path) svg.append(element("path", { class: `chart-line ${name}`, d: path }));
}

function drawRate({ placed, confirmed }) {
  const svg = document.querySelector('[data-chart="rate"]');
  const top = ceiling(Math.max(...placed, ...confirmed), 4);
  const right = frame(svg, top);
  const points = (counts) => counts.map((count, second) => [(second + 0.5) / SECONDS, count]);
  line(svg, "chart-a", points(placed), top, right);
  line(svg, "chart-b", points(confirmed), top, right);
}

function drawLatency({ p50, p95, end }) {
  const svg = document.querySelector('[data-chart="latency"]');
  const top = ceiling(Math.max(0, ...p50, ...p95), 50);
  const right = frame(svg, top);
  const first = Math.floor((end - SECONDS) / BIN) * BIN - (end - SECONDS);
  const points = (bins) => bins.map((ms, bin) => [(first + (bin + 0.5) * BIN) / SECONDS, ms]);
  line(svg, "chart-a", points(p50), top, right);
  line(svg, "chart-b", points(p95), top, right);
}

function drawLag(lag) {
  const svg = document.querySelector('[data-chart="lag"]');
  const kinds = { outbox: "chart-a", events: "chart-b", jobs: "chart-c" };
  const top = ceiling(Math.max(0, ...Object.keys(kinds).flatMap((kind) => lag[kind])), 10);
  const right = frame(svg, top);
  for (const [kind, name] of Object.entries(kinds)) {
    line(svg, name, lag[kind].map((count, second) => [(second + 0.5) / SECONDS, count]), top, right);
    say(kind, String(lag.newest[kind] ?? "–"));
  }
}

function recent(counts) {
  return (counts.slice(-10).reduce((sum, count) => sum + count, 0) / 10).toFixed(1);
}

function say(name, text) {
  const place = document.querySelector(`[data-value="${name}"]`);
  if (place.textContent !== text) place.textContent = text;
}

function draw(figures) {
  drawRate(figures);
  drawLatency(figures);
  say("placed", recent(figures.placed));
  say("confirmed", recent(figures.confirmed));
  say("count", String(figures.count || "no"));
  say("p50", String(figures.p50_all ?? "–"));
  say("p95", String(figures.p95_all ?? "–"));
}

function showDriver(driver) {
  for (const name of ["placed", "cancelled", "failed"]) {
    document.querySelector(`[data-driver="${name}"]`).textContent = driver[name];
  }
  document.querySelector('[data-driver="holds"]').textContent = driver.holds ?? "";
  document.querySelector("[data-holds]").hidden = driver.holds === null;
  const error = driver.error ? `; the last error: ${driver.error}` : "";
  document.querySelector("[data-driver-error]").textContent = error;
}

draw(JSON.parse(document.getElementById("figures").textContent));
drawLag(JSON.parse(document.getElementById("lag").textContent));
document.addEventListener("lab:state", ({ detail: state }) => {
  if (state.figures) draw(state.figures);
  if (state.lag) drawLag(state.lag);
  if (state.load) showDriver(state.load);
});
