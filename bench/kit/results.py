"""`bench/results.json`: what was measured, on what, with which versions; its keys are in order."""

import json
import os
import platform
import re
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.figures import FIGURES
from bench.kit import figures
from bench.kit.builds import ROOT, Build
from bench.kit.figures import Figure, Rounds, Spread
from bench.kit.processes import run
from tests.support.nats_server import nats_server_path
from tests.support.postgresql import program

RESULTS = ROOT / "bench" / "results.json"
_PACKAGES = ("django", "nats-py", "psycopg", "uvloop", "boto3", "celery")

type Results = dict[str, Any]


def load(path: Path = RESULTS) -> Results:
    """Return the results of the last run; empty if there was none."""
    results: Results = json.loads(path.read_text()) if path.exists() else {}
    return results


def save(results: Results, path: Path = RESULTS) -> None:
    """Write them so that two runs of the same figures differ in their numbers alone."""
    path.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")


def measured(results: Results) -> list[str]:
    """Return the names of the figures that there are, in the order in which they are measured."""
    return [name for name in FIGURES if name in results]


def of(figure: Figure, samples: Rounds, *, builds: list[Build], size: str) -> Results:
    """Return the part of one figure, with all that is needed to read it."""
    return {
        "title": figure.title,
        "size": size,
        "rounds": min(len(each) for each in samples.values()),
        "builds": {build.name: build.commit for build in builds},
        "machine": machine(),
        "cases": {case: _metrics(samples, case) for case in samples},
        "rows": [
            {
                **asdict(row),
                "value": _written(figures.spread(samples, row.case, row.metric)),
                "ratio": _written(figures.ratio(samples, row)) if row.against else None,
            }
            for row in figure.rows
        ],
    }


def machine() -> Results:
    """Return the cores, the memory and the versions of what was measured."""
    memory = re.search(r"^MemTotal: +(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(int(memory[1]) / 1024**2) if memory else None,
        "system": f"{platform.system()} {platform.machine()}",
        "versions": {
            "python": platform.python_version(),
            "nats-server": _number(run([nats_server_path(), "--version"], cwd=ROOT)),
            "postgresql": _number(run([program("postgres"), "--version"], cwd=ROOT)),
            **{name: version(name) for name in _PACKAGES},
        },
    }


def _metrics(samples: Rounds, case: str) -> dict[str, Any]:
    metrics = {metric for sample in samples[case] for metric in sample}
    return {metric: _written(figures.spread(samples, case, metric)) for metric in metrics}


def _written(found: Spread | None) -> dict[str, float] | None:
    """Return three significant digits of each: the others are noise."""
    if found is None:
        return None
    return {name: float(f"{value:.3g}") for name, value in asdict(found).items()}


def _number(answer: str) -> str:
    found = re.search(r"\d+(?:\.\d+)+", answer)
    return found[0] if found else answer.strip()
