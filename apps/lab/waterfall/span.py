"""A span: one step of an order's way, with its waiting and its working."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A stretch of time, in Unix seconds; an end that is not recorded is None."""

    start: float | None = None
    end: float | None = None

    @property
    def ms(self) -> float | None:
        if self.start is None or self.end is None:
            return None
        return max(0.0, self.end - self.start) * 1000

    @property
    def moments(self) -> list[float]:
        return [each for each in (self.start, self.end) if each is not None]


@dataclass(frozen=True, kw_only=True)
class Span:
    """A step; `cause` is the id of the span from which it follows, empty if it is not recorded.

    `waiting` or `working` is None if the step has none of it. `worker` and `pid` are of the process
    that reported it.
    """

    id: str
    name: str
    trace: str = ""
    worker: str = ""
    pid: int = 0
    cause: str = ""
    is_origin: bool = False
    """Whether the way begins here, so that it has no cause."""
    waiting: Stretch | None = None
    working: Stretch | None = None
    says: str = ""

    @property
    def moments(self) -> list[float]:
        """Return all recorded times, the first one first."""
        both = (self.waiting, self.working)
        return sorted(at for stretch in both if stretch for at in stretch.moments)
