"""The queues, with their visible and hidden messages, and the timers that are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps.lab.inside.unsettled import Unsettled

MOST_DRAWN = 20


@dataclass(frozen=True, kw_only=True)
class QueueView:
    """A queue's counts, and what is drawn of them; `error` if SQS has not answered."""

    name: str
    visible: int = 0
    hidden: int = 0
    timers: tuple[Unsettled, ...] = ()
    is_mine: bool = False
    error: str = ""

    @property
    def drawn_visible(self) -> range:
        return range(min(self.visible, MOST_DRAWN))

    @property
    def drawn_hidden(self) -> range:
        """Those hidden ones whose timer is not known."""
        return range(max(0, min(self.hidden, MOST_DRAWN) - len(self.timers)))

    @property
    def not_drawn(self) -> int:
        drawn = len(self.drawn_visible) + len(self.drawn_hidden) + len(self.timers)
        return max(0, self.visible + self.hidden - drawn)


def queue_view(
    name: str,
    counts: Mapping[str, object],
    unsettled: Sequence[Unsettled],
    *,
    is_mine: bool = False,
) -> QueueView:
    """Return a queue with SQS's counts, `{"visible", "in_flight"}` or `{"error"}`."""
    if "visible" not in counts:
        return QueueView(name=name, is_mine=is_mine, error=str(counts.get("error", "SQS is away")))
    hidden = int(str(counts["in_flight"]))
    timers = [each for each in unsettled if each.consumer == name]
    return QueueView(
        name=name,
        visible=int(str(counts["visible"])),
        hidden=hidden,
        # A job that was deleted since has no timer that counts.
        timers=tuple(timers[: min(hidden, MOST_DRAWN)]),
        is_mine=is_mine,
    )
