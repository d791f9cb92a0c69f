"""`python -m bench.tracing`: what traces cost, off and on, beside the build before, in one run.

A hop is an event that is handled and records another, on SQLite; a step is the handling alone,
without its work. Both are processor time, so other work on this machine matters little. The three
take turns.
"""

import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

from bench.kit.builds import ROOT, worktree_of
from bench.kit.errors import BenchError
from bench.kit.processes import run, without_the_shell
from tests.support.otlp import otlp_receiver

BEFORE_COMMIT = "ba3c18205f10ea7606c7f455a87c3f85f87f8aa3"
"""The last commit without spans."""
PROGRAM = ROOT / "bench" / "programs" / "traced_hops.py"
ROUNDS = int(os.environ.get("ROUNDS", "5"))

type Times = dict[str, float]


def measured(build: Path, more: dict[str, str]) -> Times:
    """Run the program once in a build, on a database of its own."""
    with tempfile.TemporaryDirectory(prefix="shop-bench-hops-") as folder:
        Path(folder, "db.sqlite3").touch()
        Path(folder, "secret_key").write_text("0" * 50)
        environment = without_the_shell() | {
            "DEMO": "true",
            "DEMO_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "orders_site.settings",
            "LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(build),
        }
        answer = run([sys.executable, str(PROGRAM)], cwd=build, env=environment | more)
    found: Times = json.loads(answer.splitlines()[-1])
    return found


def main() -> None:
    with worktree_of(BEFORE_COMMIT) as untraced, otlp_receiver() as receiver:
        cases: dict[str, tuple[Path, dict[str, str]]] = {
            "before": (untraced, {}),
            "off": (ROOT, {}),
            "on": (ROOT, {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url}),
        }
        times: dict[str, list[Times]] = {name: [] for name in cases}
        for _ in range(ROUNDS):
            for name, case in cases.items():
                times[name].append(measured(*case))
    print(f"{'':8}{'hop':>12}{'of before':>12}{'step':>12}{'of before':>12}")
    for name in cases:
        print(f"{name:8}{_columns(times, name, 'hop')}{_columns(times, name, 'step')}")


def _columns(times: dict[str, list[Times]], name: str, what: str) -> str:
    """Return the median in microseconds, and the median of the ratios of each round."""
    pairs = zip(times[name], times["before"], strict=True)
    ratio = statistics.median(mine[what] / other[what] for mine, other in pairs)
    median = statistics.median(each[what] for each in times[name])
    return f"{median:>9.1f} µs{ratio:>12.2f}"


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"bench: {error}")
