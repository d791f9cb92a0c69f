"""Seconds from `manage.py demo` to 200 at `/readyz/all`, and the memory of all when idle.

python -m tests.bench.startup_and_memory [ROUNDS]
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.demo.running import RunningDemo, pss

IDLE_SECONDS = 10


def main(rounds: int) -> None:
    first, again, memory = [], [], []
    for number in range(1, rounds + 1):
        with tempfile.TemporaryDirectory() as folder:
            demo = RunningDemo(Path(folder))
            first.append(demo.start())
            demo.stop()
            again.append(demo.start())
            time.sleep(IDLE_SECONDS)
            memory.append(demo.memory() / 1e6)
            if number == rounds:
                print_members(demo)
            demo.stop()
        print(f"{number}: {first[-1]:.1f} s, again {again[-1]:.1f} s, {memory[-1]:.0f} MB PSS")
    print(
        f"median of {rounds}: first start {statistics.median(first):.1f} s, "
        f"again {statistics.median(again):.1f} s, {statistics.median(memory):.0f} MB PSS"
    )


def print_members(demo: RunningDemo) -> None:
    for pid, name in demo.members().items():
        print(f"{pss(pid) / 1e6:7.1f} MB  {name[:80]}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 3)
