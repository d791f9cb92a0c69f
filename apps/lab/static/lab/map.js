// The map: messages move on its lines as their hops come, and each box shows its state.

const words = JSON.parse(document.getElementById("map-words").textContent);
const drawings = [...document.querySelectorAll(".map")];
const list = document.querySelector("[data-passing]");
const pause = document.querySelector("[data-pause]");
const isStill = window.matchMedia("(prefers-reduced-motion: reduce)");

const TRAVEL = 700; // milliseconds for the way along one edge
const STEP = 260; // between two hops of one trace, so that one can follow
const LATEST = 5000; // behind what really happens, at most
const MOST = 60; // dots at a time; under load the others are left out
// One order makes about fifty hops within a second: the list shows all of them.
const ROWS = 60;

// --- Dots ---

const dots = [];
const nextOf = new Map(); // trace -> when its next hop may begin
let isRunning = false;

function show(hop) {
  if (!hop.shown.node) return;
  const now = performance.now();
  const begin = Math.max(now, nextOf.get(hop.trace) ?? 0);
  if (dots.length >= MOST || begin - now > LATEST) return;
  nextOf.set(hop.trace, begin + STEP);
  dots.push({ ...hop.shown, fault: Boolean(hop.attributes.fault), begin });
  if (isRunning) return;
  isRunning = true;
  requestAnimationFrame(move);
}

function move(now) {
  const drawing = drawings.find((each) => each.checkVisibility());
  for (const dot of [...dots]) if (now >= dot.begin) moveOne(dot, drawing, now);
  for (const [trace, next] of nextOf) if (next < now) nextOf.delete(trace);
  isRunning = dots.length > 0;
  if (isRunning) requestAnimationFrame(move);
}

function moveOne(dot, drawing, now) {
  const part = Math.min(1, (now - dot.begin) / TRAVEL);
  const line = dot.edge && drawing?.querySelector(`[data-edge="${dot.edge}"]`);
  if (line && !isStill.matches && part < 1) {
    dot.circle ??= circle(drawing, dot);
    const length = line.getTotalLength();
    const at = line.getPointAtLength((dot.back ? 1 - part : part) * length);
    dot.circle.setAttribute("cx", at.x);
    dot.circle.setAttribute("cy", at.y);
    return;
  }
  dot.circle?.remove();
  dots.splice(dots.indexOf(dot), 1);
  if (line && isStill.matches) light(line);
  light(drawing?.querySelector(`[data-node="${dot.node}"]`));
}

function circle(drawing, dot) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  made.setAttribute("r", 5.5);
  made.setAttribute("class", `map-dot map-dot-${dot.page}${dot.fault ? " is-struck" : ""}`);
  return drawing.querySelector(".map-dots").appendChild(made);
}

function light(part) {
  if (!part) return;
  part.classList.add("is-lit");
  clearTimeout(part.dimming);
  part.dimming = setTimeout(() => part.classList.remove("is-lit"), 350);
}

// --- Figures ---

function tell(nodes) {
  for (const [id, { facts, red }] of Object.entries(nodes ?? {})) {
    for (const node of document.querySelectorAll(`[data-node="${id}"]`)) {
      node.classList.toggle("is-red", red);
      for (const line of node.querySelectorAll("[data-first]")) {
        const text = facts.slice(line.dataset.first, line.dataset.last).join(" · ");
        if (line.textContent !== text) line.textContent = text;
      }
    }
  }
}

// --- Messages now ---

let recent = [];
let isPaused = false;
let isDue = false;

function note(hop) {
  if (isPaused || !(hop.point in words.points)) return;
  recent = [hop, ...recent].slice(0, ROWS);
  if (isDue) return;
  isDue = true;
  setTimeout(() => {
    isDue = false;
    list.replaceChildren(...recent.map(row));
  }, 150);
}

function row(hop) {
  const made = document.createElement("li");
  const at = new Date(hop.at * 1000).toISOString().slice(11, 23);
  made.append(
    piece("span", "passing-at", at),
    piece("span", "passing-what", words.points[hop.point]),
    piece("span", "passing-who", hop.worker + (hop.instance ? ` ${hop.instance}` : "")),
    piece("code", "passing-destination", hop.destination),
    link(hop),
  );
  if (hop.attributes.fault) made.append(piece("span", "state state-bad", `broken: ${hop.attributes.fault}`));
  return made;
}

function link(hop) {
  const isOrder = hop.destination.startsWith("orders.") || hop.destination === "send_mail";
  const page = words.pages[hop.shown.page];
  if (isOrder && hop.key) {
    const made = piece("a", "passing-link", `order ${hop.key.slice(0, 8)}`);
    made.href = words.order.replace(/[0-]{36}/, hop.key);
    return made;
  }
  if (!page) return piece("span", "passing-link", hop.key.slice(0, 12));
  const made = piece("a", "passing-link", hop.key ? hop.key.slice(0, 12) : "its way");
  made.href = `${page}?trace=${hop.trace}`;
  return made;
}

function piece(kind, name, text) {
  const made = document.createElement(kind);
  made.className = name;
  made.textContent = text;
  return made;
}

pause.hidden = false;
pause.addEventListener("click", () => {
  isPaused = !isPaused;
  pause.setAttribute("aria-pressed", isPaused);
  pause.textContent = isPaused ? "Go on" : "Pause";
});

document.addEventListener("lab:hop", ({ detail: hop }) => {
  note(hop);
  if (!document.hidden) show(hop);
});
document.addEventListener("lab:state", ({ detail: state }) => tell(state.nodes));
