// Counts down the seconds of faults, also in fragments that htmx loads.

const ends = new WeakMap();

function words(seconds) {
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

function count() {
  for (const each of document.querySelectorAll("[data-off-in]")) {
    if (!ends.has(each)) ends.set(each, performance.now() + each.dataset.offIn * 1000);
    const left = Math.max(0, Math.round((ends.get(each) - performance.now()) / 1000));
    each.textContent = words(left);
  }
}

count();
setInterval(count, 500);
