"""The drawn end of a stream, with a track for each durable."""

from apps.lab.inside.stream_log import StreamLog, stream_log
from apps.lab.inside.unsettled import Unsettled
from apps.messaging.by_hand.durable_state import DurableState


def state(*, delivered: int, ack_floor: int, pending: int = 1) -> DurableState:
    return DurableState(
        pending=pending, ack_pending=0, redelivered=0, delivered=delivered, ack_floor=ack_floor
    )


def log(first: int, last: int, *, unsettled: tuple[Unsettled, ...] = (), **at: int) -> StreamLog:
    states = {"sales": state(**at) if at else None}
    return stream_log("ORDERS", first=first, last=last, states=states, unsettled=unsettled)


def parts(drawn: StreamLog) -> list[tuple[str, int, int]]:
    return [(part.kind, part.x, part.width) for part in drawn.tracks[0].parts]


def test_the_newest_sequences_are_drawn() -> None:
    drawn = log(1, 100, delivered=98, ack_floor=95)
    assert (drawn.first, drawn.last, drawn.width) == (81, 100, 20)
    assert parts(drawn) == [("settled", 0, 15), ("delivered", 15, 3), ("waiting", 18, 2)]
    assert drawn.tracks[0].cursor == 18


def test_more_is_drawn_if_a_durable_is_behind() -> None:
    drawn = log(1, 100, delivered=10, ack_floor=10)
    assert drawn.first == 11
    assert parts(drawn) == [("waiting", 0, 90)]


def test_what_is_not_for_a_durable_does_not_wait_for_it() -> None:
    assert parts(log(1, 5, delivered=3, ack_floor=3, pending=0))[-1] == ("others", 3, 2)


def test_a_purged_stream_is_drawn() -> None:
    drawn = log(101, 100, delivered=100, ack_floor=100)
    assert (drawn.width, parts(drawn), drawn.tracks[0].cursor) == (1, [], 0)


def test_an_empty_stream_is_drawn() -> None:
    assert log(0, 0, delivered=0, ack_floor=0).width == 1


def test_a_durable_that_is_missing_has_no_track() -> None:
    assert log(1, 5).tracks[0].parts == ()


def test_a_mark_stands_at_its_sequence() -> None:
    mark = Unsettled(consumer="sales", sequence=4, attempt=2, seconds=3, is_retry=True)
    other = Unsettled(consumer="other", sequence=4, attempt=1, seconds=3, is_retry=False)
    drawn = log(1, 5, delivered=4, ack_floor=3, unsettled=(mark, other))
    assert drawn.tracks[0].placed == [(mark, 3.5)]
