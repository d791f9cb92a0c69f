"""The middle: the outbox, the relay, the broker, and each delivery to each consumer."""

from collections.abc import Iterator, Sequence

from apps.lab.feed.feed import HopDict
from apps.lab.waterfall.recorded_message import RecordedMessage
from apps.lab.waterfall.records import Records, seconds, time_of
from apps.lab.waterfall.span import Span, Stretch
from apps.messaging.models import InboxEntry

TAKEN = ("consumer.fetched", "job.received")
SETTLED = ("consumer.acknowledged", "job.deleted", "letter.buried")
FAILED = ("consumer.failed", "job.failed")
DONE = ("consumer.committed", "job.handled", "consumer.handled")
OUTBOX = "Outbox: "
"""How the name of an outbox span begins."""
STREAM_SAYS = (
    "When the server stored it is not recorded: this is the time from sending to its "
    "acknowledgement. A consumer may be faster."
)
NO_ROW = (
    "Its inbox entry has the time of the effect. There is no outbox row of it any more, so which "
    "message it was is not recorded."
)
NO_RECORD = "It still waits for its consumer, or neither a hop nor an inbox entry of it is kept."


def from_outbox(records: Records) -> Iterator[Span]:
    """Yield the spans of each message; what caused a message, `causes` finds later.

    Of a message without a row there are the entries of those that handled it.
    """
    known: set[str] = set()
    for row in records.rows:
        message = RecordedMessage(row=row, records=records)
        known |= {message.id, message.read_as}
        yield _outbox(message)
        yield _relay(message)
        yield _broker(message)
        if message.is_event:
            yield from _listeners(message)
        for consumer in message.consumers():
            yield from _deliveries(message, consumer)
    yield from (_without_row(entry) for entry in records.inbox if entry.message_id not in known)


def outbox_id(message_id: str) -> str:
    """Return the id of the span in which a message waits in the outbox."""
    return f"outbox {message_id}"


def _without_row(entry: InboxEntry) -> Span:
    """Return what is left of a message whose row was pruned, or was never here."""
    return Span(
        id=f"{entry.consumer} {entry.message_id}",
        name=f"{entry.consumer} handles a message",
        working=Stretch(end=seconds(entry.handled_at)),
        says=NO_ROW,
    )


def _outbox(message: RecordedMessage) -> Span:
    claims = message.records.at("relay.claimed", message.id)
    times = f" It was claimed {len(claims)} times." if len(claims) > 1 else ""
    claimed = time_of(claims[-1]) if claims else None
    return Span(
        id=outbox_id(message.id),
        name=f"{OUTBOX}{message.name}",
        trace=message.trace,
        waiting=Stretch(start=seconds(message.row.recorded_at), end=claimed),
        says=f"From its recording until the relay claims it.{times}",
    )


def _relay(message: RecordedMessage) -> Span:
    claimed, marked = (message.relay_hop(f"relay.{what}") for what in ("claimed", "marked"))
    return Span(
        id=f"relay {message.id}",
        name=f"Relay: {message.name}",
        trace=message.trace,
        worker=claimed["worker"] if claimed else "",
        cause=outbox_id(message.id),
        working=Stretch(
            start=time_of(claimed), end=time_of(marked) or seconds(message.row.sent_at)
        ),
        says="From the claim until the row is marked as sent.",
    )


def _broker(message: RecordedMessage) -> Span:
    sequence = message.row.stream_sequence
    stored = f", message {sequence}" if sequence else ""
    place = f"Stream{stored}" if message.is_event else "Queue"
    return Span(
        id=broker_id(message.id),
        name=f"{place}: {message.name}",
        trace=message.trace,
        cause=f"relay {message.id}",
        working=Stretch(start=message.on_its_way, end=message.acknowledged),
        says=STREAM_SAYS,
    )


def broker_id(message_id: str) -> str:
    return f"broker {message_id}"


def _listeners(message: RecordedMessage) -> Iterator[Span]:
    for hop in message.records.at("core.heard", message.id):
        yield Span(
            id=f"listener {message.id} {hop['worker']} {hop['pid']}",
            name=f"{hop['worker']} hears {message.name}",
            trace=message.trace,
            worker=hop["worker"],
            cause=broker_id(message.id),
            waiting=Stretch(start=message.on_its_way, end=hop["at"]),
            working=Stretch(start=hop["at"]),
            says="Core NATS: at most once. When its handler ends is not recorded.",
        )


def _deliveries(message: RecordedMessage, consumer: str) -> Iterator[Span]:
    """Yield a span for each attempt; one without times, if no attempt is recorded."""
    hops = message.hops_of(consumer)
    starts = [place for place, hop in enumerate(hops) if hop["point"] in TAKEN]
    if not starts:
        yield _unseen(message, consumer)
        return
    before = None
    for number, start in enumerate(starts):
        is_last = number + 1 == len(starts)
        of_one = hops[start:] if is_last else hops[start : starts[number + 1]]
        yield _delivery(message, consumer, of_one, before=before, is_last=is_last)
        before = _end(of_one) or of_one[0]["at"]


def _unseen(message: RecordedMessage, consumer: str) -> Span:
    handled = message.handled_at(consumer)
    says = "Its inbox entry has the time of the effect; no hop of it is kept."
    return Span(
        id=f"{consumer} {message.id} 1",
        name=f"{consumer} handles {message.name}",
        trace=message.trace,
        cause=broker_id(message.id),
        waiting=Stretch(),
        working=Stretch(end=handled),
        says=says if handled else NO_RECORD,
    )


def _delivery(
    message: RecordedMessage,
    consumer: str,
    hops: Sequence[HopDict],
    *,
    before: float | None,
    is_last: bool,
) -> Span:
    first, end = hops[0], _end(hops)
    began = message.acknowledged if before is None else before
    if end is None and is_last:
        end = message.handled_at(consumer)
    attempt = f", attempt {first['attempt']}" if first["attempt"] > 1 else ""
    return Span(
        id=f"{consumer} {message.id} {first['n']}",
        name=f"{consumer} handles {message.name}{attempt}",
        trace=message.trace,
        worker=first["worker"],
        pid=first["pid"],
        cause=broker_id(message.id),
        # It may be fetched before the relay has the acknowledgement.
        waiting=Stretch(start=min(began, first["at"]) if began else None, end=first["at"]),
        working=Stretch(start=first["at"], end=end),
        says=_outcome(hops),
    )


def _end(hops: Sequence[HopDict]) -> float | None:
    for points in (SETTLED, FAILED, DONE):
        if found := next((hop for hop in reversed(hops) if hop["point"] in points), None):
            return float(found["at"])
    return None


def _outcome(hops: Sequence[HopDict]) -> str:
    points = {hop["point"] for hop in hops}
    if "letter.buried" in points:
        return "It was given up, and is a dead letter."
    if points & set(FAILED):
        return "The handler failed: it is tried again later."
    if points & set(SETTLED):
        return "Until the broker has its acknowledgement."
    if points & set(DONE):
        return "Its effect is written; that the broker has an acknowledgement is not recorded."
    return "It is being handled, or its end is not recorded."
