"""A visitor's durable: made for them, pulled from, and answered as a consumer does it."""

from datetime import timedelta

from django.utils import timezone

from apps.lab.consumer import workbenches
from apps.lab.consumer.deliveries import keep_event, newer_than, report_end
from apps.lab.consumer.trouble import noting_trouble
from apps.lab.consumer.workbenches import ACK_WAIT, MAX_ACK_PENDING, durable_of, note
from apps.lab.models import HandDelivery, Workbench
from apps.messaging.by_hand.durable_state import DurableState
from apps.messaging.by_hand.nats_messages import AckKind

ACK, NAK, LATER, PROGRESS, TERM = "ack", "nak", "later", "progress", "term"
LATER_BY = timedelta(seconds=10)
KINDS: dict[str, AckKind] = {
    ACK: "+ACK",
    NAK: "-NAK",
    LATER: "-NAK",
    PROGRESS: "+WPI",
    TERM: "+TERM",
}
SAYS = {
    ACK: "The server has settled it for this durable. The stream keeps it for all others.",
    NAK: "The server delivers it again at once, to the next pull, whichever process that is.",
    LATER: f"The server delivers it again after {LATER_BY.seconds} s, and not before.",
    PROGRESS: f"The server counts {ACK_WAIT.seconds} s again, from now on. "
    "The attempt stays the same.",
    TERM: "The server never delivers it to this durable again. The stream keeps it. The shop's "
    "own consumers do this when they have stored a dead letter.",
}


def make_durable(bench: Workbench, *, subject: str, is_for_new_events: bool) -> None:
    """Make the visitor's durable, and forget what an earlier one has delivered."""
    durable = durable_of(bench)
    with noting_trouble(bench, "No durable was made"):
        durable.make(subject=subject, is_for_new_events=is_for_new_events)
        bench.deliveries.filter(kind=HandDelivery.Kind.EVENT).delete()
        Workbench.objects.filter(pk=bench.pk).update(subject=subject)
        start = "events from now on" if is_for_new_events else "the stream from its beginning"
        note(
            bench,
            f"Made the durable {durable.name} on {durable.stream}, filter {subject}: it has "
            f"{start}. Its place is kept by the server, and is its own: the shop's durables have "
            "theirs.",
        )


def take(bench: Workbench) -> None:
    """Pull one event, and keep its delivery."""
    durable = durable_of(bench)
    with noting_trouble(bench, "Nothing was taken"):
        taken = durable.take()
        if taken is None:
            note(bench, f"Pulled for a second, and nothing came. {_reason(durable.state())}")
            return
        kept = keep_event(bench, taken)
        again = " The same message again." if kept.attempt > 1 else ""
        note(
            bench,
            f"Took {kept.destination}, sequence {kept.message}, attempt {kept.attempt}.{again} "
            f"You have {ACK_WAIT.seconds} s to answer.",
        )


def answer(bench: Workbench, id: int, how: str) -> None:
    """Answer one delivery of the visitor by its id; any other id, or answer, changes nothing."""
    delivery = bench.deliveries.filter(pk=id, kind=HandDelivery.Kind.EVENT, ended="").first()
    if delivery is None or how not in KINDS:
        return
    durable, kind = durable_of(bench), KINDS[how]
    what = f"{kind} for sequence {delivery.message}, attempt {delivery.attempt}"
    with noting_trouble(bench, f"{what} was not confirmed"):
        durable.answer(delivery.handle, kind, delay=LATER_BY if how == LATER else None)
        late = _lateness(delivery)
        _end(delivery, how)
        note(bench, f"{what}. {SAYS[how]}{late}{in_words(durable.state())}")


def _end(delivery: HandDelivery, how: str) -> None:
    if how == ACK:
        report_end(delivery, "consumer.acknowledged")
    now = timezone.now()
    match how:
        case "progress":
            delivery.until = now + workbenches.ACK_WAIT
        case "later":
            delivery.until, delivery.ended = now + LATER_BY, how
        case _:
            delivery.until, delivery.ended = now, how
    delivery.save(update_fields=["until", "ended"])


def _lateness(delivery: HandDelivery) -> str:
    """Return what is special of an answer after the delivery's time; empty if it was in time."""
    if newer := newer_than(delivery):
        return (
            f" You answered attempt {delivery.attempt} although attempt {newer.attempt} is out: "
            "JetStream settles by the message's sequence, so this counts for all its deliveries."
        )
    if delivery.until <= timezone.now():
        return " Its time was over, but it was not delivered again yet, so this counts."
    return ""


def _reason(state: DurableState | None) -> str:
    if state is None:
        return "The server has no such durable any more."
    if state.ack_pending >= MAX_ACK_PENDING:
        return (
            f"{state.ack_pending} messages are not settled, which is this durable's "
            "max_ack_pending: settle one first, or let its time pass."
        )
    return "No message waits: place an order." + in_words(state)


def in_words(state: DurableState | None) -> str:
    """Return what the server knows now, as sentences that can follow others."""
    if state is None:
        return ""
    return (
        f" Now waiting: {state.pending}, not settled: {state.ack_pending}, settled up to sequence: "
        f"{state.ack_floor}."
    )
