"""The faults that the pages offer as switches; `manage.py fault` can set any other."""

from apps.lab.faults.known_fault import KnownFault
from apps.lab.faults.known_job_faults import JOB_FAULTS

KNOWN: list[KnownFault] = [
    KnownFault(
        point="core.publishing",
        action="skip",
        title="Core messages are lost",
        see="Change a price: the responders keep the old one until they read all prices again, "
        "within half a minute. Upload a photo: it gets no preview, but its renditions.",
        patterns=("publish-subscribe", "queue-group"),
    ),
    KnownFault(
        point="core.heard",
        action="delay",
        title="A slow listener",
        see="Each listener takes 2 s for a message. The sender does not wait: it does not know the "
        "listener. Later messages queue in the listener's memory.",
        patterns=("publish-subscribe",),
        seconds=2.0,
    ),
    KnownFault(
        point="group.received",
        action="exit",
        title="A resizer dies with a message in flight",
        see="Upload a photo: one of the three turns red, and the preview is lost, because no other "
        "member gets the message. The next photo goes to another member.",
        patterns=("queue-group",),
    ),
    KnownFault(
        point="request.received",
        action="skip",
        title="A responder does not answer",
        see="At 50% some checkouts take a third of a second longer: the question is asked again. "
        "At 100% the checkout says after one second that there is no price.",
        patterns=("request-reply",),
    ),
    KnownFault(
        point="request.received",
        action="delay",
        title="A slow responder",
        see="The responder takes 2 s for each question, and the client waits one: the checkout "
        "says so, and no order is placed. The late answers are ignored.",
        patterns=("request-reply",),
        seconds=2.0,
    ),
    KnownFault(
        point="relay.published",
        action="exit",
        title="The relay dies between publish and mark",
        see="It turns red, restarts and publishes the same rows again. The stream knows their ids "
        "and stores each once. At 100% no row is ever marked, so begin with 50%.",
        patterns=("durable-events",),
    ),
    KnownFault(
        point="relay.publishing",
        action="skip",
        consumer="jetstream",
        title="NATS is away for the relay",
        see="Orders are still placed. Their events wait in the outbox, whose count grows. When the "
        "switch is off, they are published in order.",
        patterns=("durable-events",),
    ),
    KnownFault(
        point="consumer.committed",
        action="exit",
        consumer="fulfilment",
        first=1,
        title="A worker dies before its ack",
        see="Fulfilment has committed, and turns red. After 10 s without an ack the event is "
        "delivered again, and the inbox has its id: the stock is taken once.",
        patterns=("durable-events",),
    ),
    KnownFault(
        point="consumer.committed",
        action="skip",
        consumer="notification",
        first=1,
        title="An acknowledgement is lost",
        see="The event stays in flight for 10 s, is delivered again, and skipped as a duplicate.",
        patterns=("durable-events",),
    ),
    KnownFault(
        point="consumer.handled",
        action="raise",
        consumer="fulfilment",
        title="A handler fails",
        see="The transaction is rolled back, and the event comes again after 1 s, 2 s, 4 s. "
        "Meanwhile the order stays placed. After six failures the event is a dead letter.",
        patterns=("durable-events",),
    ),
    KnownFault(
        point="consumer.fetched",
        action="corrupt",
        consumer="sales",
        title="Poison",
        see="The event cannot be read: it is a dead letter at once, but only for sales. The order "
        "itself goes on. Switch the fault off, and redrive the letter.",
        patterns=("durable-events",),
    ),
    KnownFault(
        point="consumer.fetched",
        action="delay",
        consumer="sales",
        title="A slow handler",
        see="Sales takes 2 s for each event, and more events wait for it. The other two consumers "
        "have their own positions in the stream, and are not delayed.",
        patterns=("durable-events",),
        seconds=2.0,
    ),
    *JOB_FAULTS,
]


def of(pattern: str) -> list[KnownFault]:
    return [each for each in KNOWN if pattern in each.patterns]


def named(slug: str) -> KnownFault | None:
    return next((each for each in KNOWN if each.slug == slug), None)
