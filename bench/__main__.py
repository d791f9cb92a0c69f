"""Run the figures, one after the other: `make bench`, or `make bench ONLY="relay prices"`.

ROUNDS (5) and SIZE (full, small) are for a quick look, whose figures are not worth quoting. Where
MINUTES (13) are too few for all rounds, a figure has fewer, and at least three.
"""

import importlib
import os
import sys
import time

from bench.figures import FIGURES
from bench.kit import bench, figures, results, table
from bench.kit.bench import Bench
from bench.kit.errors import BenchError
from bench.kit.figures import Figure
from bench.kit.sizes import SIZES
from bench.redraw import redraw


def main() -> int:
    """Measure, print and store; return 1 if a figure failed."""
    bench.stop_by_signals()
    only = os.environ.get("ONLY", "").split() or list(FIGURES)
    if unknown := sorted(set(only) - set(FIGURES)):
        sys.exit(f"bench: no figure {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    if (name := os.environ.get("SIZE") or "full") not in SIZES:
        sys.exit(f"bench: no size {name}; there are {', '.join(SIZES)}")
    rounds, failed = int(os.environ.get("ROUNDS") or 5), []
    ends = time.monotonic() + 60 * float(os.environ.get("MINUTES") or 13)
    with bench.prepared(SIZES[name]) as prepared:
        left = {each: _figure(prepared, each) for each in only}
        for each in only:
            began = time.monotonic()
            share = left[each].seconds(rounds) / sum(
                other.seconds(rounds) for other in left.values()
            )
            say(f"\n{each}")
            try:
                until = began + share * (ends - began)
                _measure(prepared, each, left.pop(each), rounds=rounds, until=until)
            except BenchError as error:
                failed.append(each)
                say(f"  failed: {error}")
            say(f"  ({time.monotonic() - began:.0f} s)")
    if failed:
        say(f"\nfailed: {', '.join(failed)}")
    return 1 if failed else 0


def _figure(prepared: Bench, name: str) -> Figure:
    figure: Figure = importlib.import_module(f"bench.figures.{name}").figure(prepared)
    return figure


def _measure(prepared: Bench, name: str, figure: Figure, *, rounds: int, until: float) -> None:
    """Measure one figure; the results of the others stay as they are."""
    samples = figures.measure(figure, rounds=rounds, until=until, say=say)
    found = results.of(figure, samples, builds=prepared.builds, size=prepared.size.name)
    say("\n" + table.of(found))
    kept = results.load()
    if found["size"] != "full" and kept.get(name, {}).get("size") == "full":
        return  # A quick look takes no place of figures that are worth quoting.
    kept[name] = found
    results.save(kept)
    redraw()


def say(line: str) -> None:
    """Print at once: a run takes minutes."""
    print(line, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("bench: interrupted; all that it started is stopped")
    except BenchError as error:
        sys.exit(f"bench: {error}")
