"""The shape of all experiments."""

from collections.abc import Callable
from dataclasses import dataclass, field

from apps.lab.experiments.locks import ExperimentLock
from apps.lab.experiments.running import Running

ANY_NUMBER = 2**53
"""The largest whole number that a browser's script knows exactly."""


@dataclass(frozen=True, kw_only=True)
class Asks:
    """A number from `at_least` to `at_most` that the form asks for, and its default."""

    label: str
    default: Callable[[], int]
    at_least: int = 1
    at_most: int = ANY_NUMBER


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """An experiment; `pattern` is its page's slug, `takes` about how many seconds it takes.

    `run` says what it does, counts what `predicts` states, and raises its errors. Of experiments
    with the same `lock` one runs at a time.
    """

    slug: str
    pattern: str
    title: str
    why: str
    predicts: tuple[str, ...]
    takes: int
    run: Callable[[Running], None]
    asks: Asks | None = None
    lock: ExperimentLock = field(default_factory=ExperimentLock)
