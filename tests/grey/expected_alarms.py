"""Which alerts each cell of `make prove-grey` must set off, and which ones may follow; no others.

The durations of the rules are a sixth, and most faults last 30 or 60 s: a rule that waits for five
minutes needs 50 s. `RECONCILE_AFTER` is 20 s there. What may follow depends on how busy the
machine is: it is near the time of its rule, or comes of what is done after the fault.
"""

from typing import NamedTuple

from orders_site.conf.worker_processes import WORKERS


class Expected(NamedTuple):
    """`must` all fire; of `may` any number."""

    must: frozenset[str]
    may: frozenset[str] = frozenset()


WAITS = "JobsWait"
WAITING = {
    *("postgresql", "sqlite", "sqs", "nats", "mail", "web.crowded", "web.stopped"),
    *(f"{name}.stopped" for name in WORKERS),
}
"""Cells, or what is faulty in them, in which photos or mails wait, or the orders of a minute, whose
mails then come at once. `WAITS` needs 100 s without an empty queue, and a busy machine takes so
long for them. A fault of 30 s that delays none of these does not."""


def _expected(must: str, may: str = "") -> Expected:
    return Expected(frozenset(must.split()), frozenset(may.split()))


def _with_what_waits(name: str, expected: Expected) -> Expected:
    if not WAITING & {name, name.partition(".")[0]}:
        return expected
    return Expected(expected.must, expected.may | {WAITS} - expected.must)


def _with_unready(expected: Expected) -> Expected:
    """Return it for a server that is away, or a worker: until it is back, a worker is not ready."""
    if not {"PartDoesNotAnswer", "WorkerMissing"} & (expected.must | expected.may):
        return expected
    return Expected(expected.must, expected.may | {"WorkerNotReady"} - expected.must)


GONE = "ProcessNotScraped WorkerMissing"
"""A worker that is stopped answers no scrape, and gives no sign of life."""
LATER = "OrdersLate WorkerMissing"
"""Of a database without writes; a sign of life is seen for 15 s, and the fault lasts for 30."""

OF_WORKERS = dict.fromkeys(WORKERS, _expected(GONE)) | {
    "outbox_relay": _expected(f"{GONE} EventsNotSent OrdersLate"),
    "fulfilment_consumer": _expected(f"{GONE} ConsumerBehind OrdersLate"),
    "notification_consumer": _expected(f"{GONE} ConsumerBehind"),
    "sales_consumer": _expected(f"{GONE} ConsumerBehind"),
    # The job of the photo that is uploaded meanwhile.
    "image_resizer": _expected(f"{GONE} {WAITS}"),
    # A checkout without prices is answered with 503.
    "price_responder": _expected(f"{GONE} RequestsFail"),
}

AWAY = "OrdersLate RequestsFail WorkerMissing"

BY_FAULT = {
    "postgresql.stopped": _expected("PartDoesNotAnswer", f"{AWAY} ConsumerBehind"),
    # Orders are answered with 503. Each session is closed at its beginning and at its end.
    "postgresql.read-only": _expected(
        "RequestsFail", f"{LATER} PartDoesNotAnswer ProcessNotScraped"
    ),
    "postgresql.late": _expected("PartDoesNotAnswer", AWAY),
    "postgresql.half-cut": _expected("PartDoesNotAnswer", AWAY),
    "nats.stopped": _expected(
        "EventsNotSent OrdersLate PartDoesNotAnswer RequestsFail", "DestinationHeld"
    ),
    "nats.late": _expected("PartDoesNotAnswer RequestsFail", "EventsNotSent OrdersLate"),
    "nats.half-cut": _expected("PartDoesNotAnswer RequestsFail", "EventsNotSent OrdersLate"),
    # The stream has no byte left, so orders are placed and do not end.
    "nats.full": _expected("DestinationHeld OrdersLate StreamNearlyFull", "EventsNotSent"),
    # Made again it reads the stream from the beginning, which takes its time.
    "nats.durable-deleted": _expected("NotProvisioned WorkerNotReady", "ConsumerBehind"),
    # The stream has bytes left, and the disk has none; then the server starts again.
    "nats.disk-full": _expected("OrdersLate", "EventsNotSent PartDoesNotAnswer RequestsFail"),
    # The job of the photo that is uploaded meanwhile waits; so do mails, and who sends their tasks.
    "sqs.stopped": _expected("EventsNotSent PartDoesNotAnswer", "ConsumerBehind DestinationHeld"),
    "sqs.late": _expected("PartDoesNotAnswer", "ConsumerBehind EventsNotSent"),
    "sqs.half-cut": _expected("PartDoesNotAnswer", "ConsumerBehind EventsNotSent"),
    # A mail is late after an hour.
    "mail.stopped": _expected(""),
    "mail.full": _expected(""),
    "mail.late": _expected(""),
    "mail.half-cut": _expected(""),
    "sqlite.full": _expected("RequestsFail", LATER),
    "sqlite.read-only": _expected("RequestsFail", LATER),
    "web.stopped": _expected("ProcessNotScraped"),
    # The other rules read its figures.
    "web.gone": _expected("WebMissing"),
    # The customers' way is bad, and the shop well: what it sees of it is slow answers.
    "web.late": _expected(""),
    "web.half-cut": _expected(""),
    # `web` waits for the database in each thread that it has.
    "web.crowded": _expected("PartDoesNotAnswer RequestsRejected", AWAY),
    # Away for a moment, again and again.
    "sales_consumer.killed": _expected("WorkerRestarts", "ProcessNotScraped"),
    "event.unreadable": _expected("MessagesGivenUp WorkerPaused", "OrdersLate"),
    "event.lost": _expected("EventsLost"),
    # Events of before the shop's first comparison look as if none had been made for long.
    "event.kept": _expected(f"EventsKept {GONE}", "ConsumerBehind PartDoesNotAnswer"),
    "mail.overdue": _expected("MailsLate"),
    **{f"{name}.stopped": expected for name, expected in OF_WORKERS.items()},
}
EXPECTED = {
    name: _with_unready(_with_what_waits(name, expected)) for name, expected in BY_FAULT.items()
}
