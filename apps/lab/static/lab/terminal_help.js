// Beside terminal.js: Tab completes a line, and each line of a page that can be run gets a button.

const root = document.querySelector("[data-terminal]");
const words = JSON.parse(document.getElementById("terminal-words").textContent);
let isLeaving = false; // After Escape, Tab goes on to the next element.

// What may follow the words before the last one, and begins like it.
function candidates(line) {
  const head = line.trimStart().split(/\s+/);
  const begun = head.pop();
  let known = head.length;
  while (known && !(head.slice(0, known).join(" ") in words)) known -= 1;
  const bare = (word) => word.replace(/^["']/, "");
  const following = words[head.slice(0, known).join(" ")];
  return [begun, following.filter((word) => bare(word).startsWith(bare(begun)))];
}

function common(fits) {
  let length = 0;
  while (fits.every((word) => length < word.length && word[length] === fits[0][length])) length += 1;
  return fits[0].slice(0, length);
}

// Returns false if there is nothing to complete: then Tab leaves, as on any page.
function complete(input) {
  const line = input.value;
  if (!line.trim() || input.selectionEnd !== line.length) return false;
  const [begun, fits] = candidates(line);
  if (!fits.length) return false;
  const added = fits.length === 1 ? `${fits[0]} ` : common(fits);
  if (added.length > begun.length) {
    input.value = line.slice(0, line.length - begun.length) + added;
  } else {
    input.dispatchEvent(new CustomEvent("terminal:print", { detail: fits.join("  ") }));
  }
  return true;
}

function offerToRun(text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Run";
  button.setAttribute("aria-label", `Run: ${text.getAttribute("aria-label")}`);
  button.addEventListener("click", () => {
    document.dispatchEvent(new CustomEvent("terminal:run", { detail: text.textContent }));
  });
  text.before(button);
}

root.addEventListener("keydown", (event) => {
  const isTab = event.key === "Tab" && !event.shiftKey && event.target.matches("input");
  if (isTab && !isLeaving && !event.target.readOnly && complete(event.target)) event.preventDefault();
  isLeaving = event.key === "Escape";
});
document.querySelectorAll("[data-typed]").forEach(offerToRun);
