// The terminal in the page: panes that send a typed line to the server, and print what it answers.
// terminal_help.js completes a line, and puts a button beside each line that can be run:
//
//   terminal:run     on the document: run these lines in a free pane; detail is their text
//   terminal:print   on a pane's input: print this text there

const root = document.querySelector("[data-terminal]");
const another = root.querySelector("[data-another]");
const most = Number(root.dataset.most);
const windowName = crypto.randomUUID?.() ?? String(Math.random());
const panes = [];

const KEPT_LINES = 1000;
const KEPT_HISTORY = 100;
const HISTORY = "lab-terminal-history";
const history = JSON.parse(sessionStorage.getItem(HISTORY) ?? "[]");
const VARIABLES = "lab-terminal-variables";
// RECEIPT_HANDLE, which a receive sets: the lines of the history name it after a reload too.
const variables = JSON.parse(sessionStorage.getItem(VARIABLES) ?? "{}");

function remember(line) {
  if (history.at(-1) !== line) history.push(line);
  history.splice(0, history.length - KEPT_HISTORY);
  sessionStorage.setItem(HISTORY, JSON.stringify(history));
}

function keep(set) {
  Object.assign(variables, set);
  sessionStorage.setItem(VARIABLES, JSON.stringify(variables));
}

// A line that ends in a backslash goes on in the next.
function linesOf(text) {
  return text.replace(/\\\r?\n\s*/g, "").split(/\r?\n/).filter((line) => line.trim());
}

class Pane {
  constructor(number) {
    const made = root.querySelector("template[data-pane]").content.cloneNode(true);
    this.box = made.querySelector(".terminal");
    this.out = made.querySelector(".terminal-out");
    this.input = made.querySelector("input");
    this.stopping = made.querySelector("[data-stop]");
    this.closing = made.querySelector("[data-close]");
    this.running = null; // what aborts the request
    this.at = history.length;
    made.querySelector(".terminal-name").textContent = `Terminal ${number}`;
    made.querySelector("[data-label]").textContent = `Terminal ${number}: a line of nats or aws`;
    this.box.setAttribute("aria-label", `Terminal ${number}`);
    this.out.setAttribute("aria-label", `Output of terminal ${number}`);
    this.stopping.setAttribute("aria-label", `Stop what runs in terminal ${number}`);
    this.closing.setAttribute("aria-label", `Close terminal ${number}`);
    this.box.addEventListener("keydown", (event) => this.press(event));
    this.input.addEventListener("terminal:print", ({ detail: text }) => this.print(text));
    this.input.addEventListener("paste", (event) => this.paste(event));
    this.stopping.addEventListener("click", () => this.stop());
    this.closing.addEventListener("click", () => close(this));
    root.querySelector("[data-panes]").append(made);
  }

  print(text, name = "") {
    const isAtEnd = this.out.scrollHeight - this.out.scrollTop - this.out.clientHeight < 40;
    const line = document.createElement("div");
    line.className = name;
    line.textContent = text;
    this.out.append(line);
    while (this.out.childElementCount > KEPT_LINES) this.out.firstElementChild.remove();
    if (isAtEnd) this.out.scrollTop = this.out.scrollHeight;
  }

  async runAll(lines) {
    for (const line of lines) if (!(await this.run(line))) return;
  }

  // Returns whether the next line may follow: not after Ctrl-C.
  async run(line) {
    this.input.value = "";
    this.print(line, "typed");
    this.out.scrollTop = this.out.scrollHeight;
    remember(line);
    this.at = history.length;
    if (line.trim() === "clear") return this.clear();
    this.running = new AbortController();
    this.show();
    try {
      await this.receive(line, this.running.signal);
    } catch (error) {
      this.print(error.name === "AbortError" ? "^C" : "The shop does not answer.");
    }
    const isStopped = this.running.signal.aborted;
    this.running = null;
    this.show();
    return !isStopped;
  }

  async receive(line, signal) {
    const body = new FormData(root);
    for (const [name, value] of Object.entries({ line, window: windowName, ...variables })) body.set(name, value);
    const answer = await fetch(root.dataset.terminal, { method: "POST", body, signal });
    if (!answer.ok) throw new Error(answer.statusText);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const pieces = (rest + part.value).split("\n");
      rest = pieces.pop();
      for (const piece of pieces) this.take(JSON.parse(piece));
    }
  }

  take(piece) {
    if ("say" in piece) this.print(piece.say);
    if ("set" in piece) keep(piece.set);
    if ("code" in piece) this.box.dataset.code = piece.code;
  }

  stop() {
    if (this.running) this.running.abort();
    else if (this.input.value) this.print(`${this.input.value}^C`, "typed");
    this.input.value = "";
  }

  clear() {
    this.out.replaceChildren();
    this.input.value = "";
    return true;
  }

  show() {
    this.box.classList.toggle("is-running", Boolean(this.running));
    this.input.readOnly = Boolean(this.running);
    if (!this.running && document.activeElement === this.stopping) this.input.focus();
    this.stopping.hidden = !this.running;
  }

  press(event) {
    const key = event.ctrlKey ? `Ctrl-${event.key.toLowerCase()}` : event.key;
    const does = {
      Enter: () => this.input === event.target && this.enter(),
      ArrowUp: () => this.input === event.target && this.recall(-1),
      ArrowDown: () => this.input === event.target && this.recall(1),
      "Ctrl-c": () => getSelection().isCollapsed && (this.stop(), true),
      "Ctrl-l": () => this.clear(),
    }[key];
    if (does?.()) event.preventDefault();
  }

  enter() {
    const line = this.input.value;
    if (!this.running && line.trim()) this.run(line);
    return true;
  }

  recall(step) {
    this.at = Math.min(history.length, Math.max(0, this.at + step));
    this.input.value = history[this.at] ?? "";
    return true;
  }

  paste(event) {
    const lines = linesOf(event.clipboardData.getData("text"));
    if (lines.length < 2 && !event.clipboardData.getData("text").includes("\n")) return;
    event.preventDefault();
    if (this.running || !lines.length) return;
    lines[0] = this.input.value + lines[0];
    // The last one waits for Enter.
    this.runAll(lines.slice(0, -1)).then(() => (this.input.value = lines.at(-1)));
  }
}

function open() {
  const taken = new Set(panes.map((pane) => pane.number));
  const number = [1, 2, 3, 4, 5, 6].find((each) => !taken.has(each));
  const pane = new Pane(number);
  pane.number = number;
  panes.push(pane);
  showTools();
  return pane;
}

function close(pane) {
  pane.running?.abort();
  pane.box.remove();
  panes.splice(panes.indexOf(pane), 1);
  showTools();
  panes.at(-1).input.focus();
}

function showTools() {
  another.hidden = panes.length >= most;
  for (const pane of panes) pane.closing.hidden = panes.length === 1;
}

function runThere(text) {
  const free = panes.find((pane) => !pane.running) ?? (panes.length < most ? open() : null);
  const pane = free ?? panes.at(-1);
  pane.input.focus();
  if (free) free.runAll(linesOf(text));
  else pane.print(`${most} lines run already: end one with Ctrl-C.`);
}

root.addEventListener("submit", (event) => event.preventDefault());
another.addEventListener("click", () => open().input.focus());
document.addEventListener("terminal:run", ({ detail: text }) => runThere(text));
open();
