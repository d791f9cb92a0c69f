"""The stream as a log, with the cursor of each durable: the shop's own, and the visitor's."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.lab.inside.unsettled import Unsettled
from apps.messaging.by_hand.durable_state import DurableState

LEAST = 20
"""Sequences that are drawn at least; more if a durable is further behind."""
MOST_MARKS = 30


@dataclass(frozen=True, kw_only=True)
class TrackPart:
    """A part of a track, in sequences from the left.

    `kind` is settled, delivered, waiting, or others: behind the cursor is nothing for its filter.
    """

    kind: str
    x: int
    width: int


@dataclass(frozen=True, kw_only=True)
class Track:
    """A durable on the log: its parts, and the messages of which the feed knows a timer."""

    name: str
    is_mine: bool
    state: DurableState | None
    parts: tuple[TrackPart, ...]
    marks: tuple[Unsettled, ...]
    first: int

    @property
    def placed(self) -> list[tuple[Unsettled, float]]:
        """Return each mark with its place, the middle of its sequence from the left."""
        return [(each, each.sequence - self.first + 0.5) for each in self.marks if each.sequence]

    @property
    def cursor(self) -> int:
        """Return where it stands: behind the last message that was delivered."""
        return max(0, self.state.delivered - self.first + 1) if self.state else 0


@dataclass(frozen=True, kw_only=True)
class StreamLog:
    """The drawn end of a stream: from sequence `first` to `last`, and a track for each durable."""

    name: str
    first: int
    last: int
    tracks: tuple[Track, ...]

    @property
    def width(self) -> int:
        return max(1, self.last - self.first + 1)


def stream_log(
    name: str,
    *,
    first: int,
    last: int,
    states: dict[str, DurableState | None],
    unsettled: Sequence[Unsettled],
    mine: str = "",
) -> StreamLog:
    """Return the log of a stream that has the sequences `first` to `last`."""
    floors = [state.ack_floor for state in states.values() if state]
    begin = max(first, min([last - LEAST, *floors]) + 1, 1)
    tracks = [
        Track(
            name=durable,
            is_mine=durable == mine,
            state=state,
            parts=_parts(state, begin, last) if state else (),
            marks=_marks(durable, unsettled, begin),
            first=begin,
        )
        for durable, state in states.items()
    ]
    return StreamLog(name=name, first=begin, last=last, tracks=tuple(tracks))


def _parts(state: DurableState, begin: int, last: int) -> tuple[TrackPart, ...]:
    # A purge may leave a cursor beyond the last message.
    ends = [begin - 1, state.ack_floor, max(state.delivered, state.ack_floor), last]
    ends = [min(max(end, begin - 1), last) for end in ends]
    kinds = ("settled", "delivered", "waiting" if state.pending else "others")
    return tuple(
        TrackPart(kind=kind, x=start - begin + 1, width=end - start)
        for kind, start, end in zip(kinds, ends, ends[1:], strict=False)
        if end > start
    )


def _marks(durable: str, unsettled: Sequence[Unsettled], begin: int) -> tuple[Unsettled, ...]:
    own = [each for each in unsettled if each.consumer == durable and each.sequence >= begin]
    return tuple(sorted(own, key=lambda each: each.sequence)[:MOST_MARKS])
