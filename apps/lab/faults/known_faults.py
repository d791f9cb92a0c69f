"""The faults that the pages offer as switches; `manage.py fault` knows every other one too."""

from apps.lab.faults.known_fault import KnownFault
from apps.lab.faults.known_job_faults import JOB_FAULTS

KNOWN: list[KnownFault] = [
    KnownFault(
        point="core.publishing",
        action="drop",
        title="Core messages are lost",
        see="Change a price: the responders keep the old one until they read all prices anew, "
        "within half a minute. Upload a photo: no preview, and the renditions come all the same.",
        patterns=("publish-subscribe", "queue-group"),
    ),
    KnownFault(
        point="core.heard",
        action="delay",
        title="A slow listener",
        see="Each listener takes 2 s for a message. Nobody waits for it: the sender does not even "
        "know that it is there. What comes meanwhile queues in the listener's memory.",
        patterns=("publish-subscribe",),
        seconds=2.0,
    ),
    KnownFault(
        point="group.received",
        action="exit",
        title="A resizer dies with a message in hand",
        see="Upload a photo: one of the three turns red, and its preview is lost, for nobody else "
        "is given the message. The next photo goes to another member.",
        patterns=("queue-group",),
    ),
    KnownFault(
        point="request.received",
        action="drop",
        title="A mute responder",
        see="At 50% a checkout takes a third of a second longer now and then: the question is "
        "asked again. At 100% it says after one second that no price can be had.",
        patterns=("request-reply",),
    ),
    KnownFault(
        point="request.received",
        action="delay",
        title="A slow responder",
        see="Each question costs the responder 2 s, and the asker waits one: the checkout says "
        "so, and no order is placed. The late answers reach nobody.",
        patterns=("request-reply",),
        seconds=2.0,
    ),
    KnownFault(
        point="relay.published",
        action="exit",
        title="The relay dies between publish and mark",
        see="It turns red, comes back and publishes the same rows again. The stream knows their "
        "ids and stores each once. At 100% nothing is ever marked, so begin with 50%.",
        patterns=("durable-events",),
    ),
    KnownFault(
        point="relay.publishing",
        action="drop",
        consumer="jetstream",
        title="NATS is away for the relay",
        see="Orders are still taken. Their events wait in the outbox, whose count grows; once the "
        "switch is off they leave in order.",
        patterns=("durable-events",),
    ),
    KnownFault(
        point="consumer.committed",
        action="exit",
        consumer="fulfilment",
        first=1,
        title="A worker dies before its ack",
        see="Fulfilment has committed, and turns red. After 10 s without an ack the event is "
        "delivered again, and the inbox knows it: the stock is taken once.",
        patterns=("durable-events",),
    ),
    KnownFault(
        point="consumer.committed",
        action="drop",
        consumer="notification",
        first=1,
        title="An acknowledgement is lost",
        see="The event is in hand for 10 s, delivered a second time, and skipped as a duplicate.",
        patterns=("durable-events",),
    ),
    KnownFault(
        point="consumer.handled",
        action="raise",
        consumer="fulfilment",
        title="A handler fails",
        see="The transaction is rolled back, and the event comes again after 1 s, 2 s, 4 s. The "
        "order stays placed meanwhile; after six failures the event is a dead letter.",
        patterns=("durable-events",),
    ),
    KnownFault(
        point="consumer.fetched",
        action="refuse",
        consumer="sales",
        title="Poison",
        see="The event cannot be understood: it is a dead letter at once, but only for sales. "
        "The order itself goes on. Switch it off, and redrive the letter.",
        patterns=("durable-events",),
    ),
    KnownFault(
        point="consumer.fetched",
        action="delay",
        consumer="sales",
        title="A slow handler",
        see="Sales takes 2 s for each event, and what waits for it grows. The other two consumers "
        "have positions of their own in the stream, and do not notice.",
        patterns=("durable-events",),
        seconds=2.0,
    ),
    *JOB_FAULTS,
]


def of(pattern: str) -> list[KnownFault]:
    return [each for each in KNOWN if pattern in each.patterns]


def named(slug: str) -> KnownFault | None:
    return next((each for each in KNOWN if each.slug == slug), None)
