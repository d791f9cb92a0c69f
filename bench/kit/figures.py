"""Figures: cases that run in turn, round after round, and the rows that compare them."""

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bench.kit.watching import Sample

LEAST_ROUNDS = 3

type Rounds = dict[str, list[Sample]]
"""Case -> its samples, one of each round."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One way of doing the work of a figure; `run` does one round, checks its effects, measures."""

    name: str
    run: Callable[[], Sample]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the table: a metric of one case, and its ratio to the same of another one."""

    title: str
    case: str
    against: str = ""
    metric: str = "rate"
    unit: str = "/s"
    better: Literal["higher", "lower"] = "higher"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What one module of `bench/figures` measures."""

    title: str
    cases: Sequence[Case]
    rows: Sequence[Row]
    most_rounds: int = 1000
    run_seconds: float = 4.5
    """About: one run of a case on a quiet machine of two cores, its preparation included."""

    def seconds(self, rounds: int) -> float:
        """Return how long so many rounds take there."""
        return len(self.cases) * min(rounds, self.most_rounds) * self.run_seconds


@dataclass(frozen=True, kw_only=True)
class Spread:
    """A median, and the smallest and the largest of the rounds."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread | None":
        """Return the spread of the rounds; None if no round has a value."""
        each = sorted(values)
        if not each:
            return None
        return cls(median=statistics.median(each), low=each[0], high=each[-1])


def measure(figure: Figure, *, rounds: int, until: float, say: Callable[[str], None]) -> Rounds:
    """Run all cases in turn, A B C A B C, so that a busy minute of the machine meets all alike.

    After `until`, a time of the monotonic clock, no round begins but the first few.
    """
    samples: Rounds = {case.name: [] for case in figure.cases}
    rounds = min(rounds, figure.most_rounds)
    for number in range(1, rounds + 1):
        if number > LEAST_ROUNDS and time.monotonic() > until:
            say("  no time for another round")
            break
        for case in figure.cases:
            began = time.monotonic()
            sample = case.run()
            samples[case.name].append(sample)
            shown = ", ".join(f"{name} {value:,.1f}" for name, value in sample.items())
            took = f"{time.monotonic() - began:.1f} s"
            say(f"  round {number} of {rounds}  {case.name}: {shown} ({took})")
    return samples


def spread(samples: Rounds, case: str, metric: str) -> Spread | None:
    """Return the spread of a metric of one case."""
    return Spread.of(sample[metric] for sample in samples[case] if metric in sample)


def ratio(samples: Rounds, row: Row) -> Spread | None:
    """Return how many times as much the row's case has as the other, by rounds.

    The median is that of the rounds' own ratios: both sides of each had the same minute.
    """
    pairs = zip(samples[row.case], samples[row.against], strict=True)
    metric = row.metric
    return Spread.of(
        mine[metric] / theirs[metric]
        for mine, theirs in pairs
        if mine.get(metric) and theirs.get(metric)
    )
