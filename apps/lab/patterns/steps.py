"""Steps that several ways share: through the outbox, and through a durable consumer."""

from typing import Any

from apps.lab.patterns.pattern import WayStep
from apps.messaging import outbox
from apps.messaging.brokers import jetstream_pull
from apps.messaging.events import consumer as consumer_loop
from apps.messaging.events import delivery, inbox
from apps.messaging.jobs.job_queue import send_batch
from apps.messaging.models import OutboxMessage
from apps.messaging.outbox import atomic_publisher, claims, jetstream_publisher, marks, relay

JETSTREAM, SQS = OutboxMessage.Transport.JETSTREAM.value, OutboxMessage.Transport.SQS.value


def recorded(destination: str, *, title: str, says: str, code: tuple[Any, ...]) -> WayStep:
    return WayStep(
        point="outbox.recorded",
        destination=destination,
        title=title,
        says=says,
        code=(*code, outbox.record),
    )


def relayed_to_jetstream(destination: str) -> tuple[WayStep, ...]:
    """Return the three steps of the relay; the second is on the network."""
    return (
        _claimed(destination, JETSTREAM),
        WayStep(
            point="relay.publishing",
            destination=destination,
            consumer=JETSTREAM,
            title="The relay publishes it",
            says="With the row's id as `Nats-Msg-Id`, so that the stream drops a repeat. If NATS "
            "is away, the row waits and nothing is lost.",
            code=(relay.relay_batch, atomic_publisher.AtomicPublisher),
        ),
        WayStep(
            point="relay.published",
            destination=destination,
            consumer=JETSTREAM,
            title="The stream has stored it",
            says="Its acknowledgement has the sequence in the stream. If the relay dies here, the "
            "row is published again, and the stream drops the repeat.",
            code=(marks.mark, jetstream_publisher.publish_to_jetstream),
        ),
    )


def relayed_to_sqs(destination: str) -> tuple[WayStep, ...]:
    return (
        _claimed(destination, SQS),
        WayStep(
            point="relay.publishing",
            destination=destination,
            consumer=SQS,
            title="The relay sends it",
            says="`SendMessage`, up to ten in a call; the envelope travels as message attributes. "
            "If SQS is away, the row waits and nothing is lost.",
            code=(relay.relay_batch, send_batch),
        ),
        WayStep(
            point="relay.published",
            destination=destination,
            consumer=SQS,
            title="The queue has stored it",
            says="If the relay dies here, the job is sent again, and SQS stores both: the job must "
            "be safe to repeat.",
            code=(marks.mark,),
        ),
    )


def _claimed(destination: str, transport: str) -> WayStep:
    return WayStep(
        point="relay.claimed",
        destination=destination,
        consumer=transport,
        title="The relay claims the row",
        says="Only committed rows are visible here. The row is leased for 15 seconds. It waits "
        "for an older row of its key that cannot be sent now.",
        code=(claims.claim,),
    )


def fetched(destination: str, consumer: str, *, title: str, says: str) -> WayStep:
    return WayStep(
        point="consumer.fetched",
        destination=destination,
        consumer=consumer,
        title=title,
        says=says,
        code=(jetstream_pull.Pull.fetch, delivery.deliver, delivery.DecodedEvent.fetched),
    )


def handled(
    destination: str, consumer: str, *, title: str, says: str, code: tuple[Any, ...]
) -> WayStep:
    return WayStep(
        point="consumer.handled",
        destination=destination,
        consumer=consumer,
        title=title,
        says=says,
        code=(*code, inbox.entered, delivery.deliver, delivery.DecodedEvent.reach_handled),
    )


def committed(destination: str, consumer: str, *, says: str) -> WayStep:
    return WayStep(
        point="consumer.committed",
        destination=destination,
        consumer=consumer,
        title="It is committed, and not yet acknowledged",
        says=says,
        code=(consumer_loop.settle,),
    )


def acknowledged(destination: str, consumer: str, *, title: str, says: str) -> WayStep:
    return WayStep(
        point="consumer.acknowledged",
        destination=destination,
        consumer=consumer,
        title=title,
        says=says,
        code=(consumer_loop.settle,),
    )
