"""The one shape of all experiments."""

from collections.abc import Callable
from dataclasses import dataclass, field

from apps.lab.experiments.locks import ExperimentLock
from apps.lab.experiments.running import Running


@dataclass(frozen=True, kw_only=True)
class Asks:
    """A number that the form asks for, and what stands there before anybody changes it."""

    label: str
    default: Callable[[], int]


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """`pattern` is the slug of the page that it is on; `takes` is about how many seconds.

    `run` says what it does, counts what `predicts` foretells, and lets errors out; of those with
    the same `lock` one runs at a time.
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
