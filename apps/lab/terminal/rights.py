"""What a line may do: about what `deploy/nats.conf` allows the user `developer`.

`make demo` has no users, so this is checked before the server is asked. With users it checks too.
"""

from apps.lab.models import BY_HAND
from apps.messaging.brokers.queue_names import name_at_sqs
from apps.messaging.brokers.sqs import CallRejected
from apps.messaging.by_hand.nats_at_terminal import INBOX
from apps.messaging.by_hand.nats_messages import NatsError
from apps.messaging.events.streams import declared_consumers
from apps.messaging.jobs.job_queue import declared_queues

STREAM = "ORDERS"
"""The only stream on which a person may have consumers."""
INNER = ("$JS", "$SYS", "_INBOX", "lab", "outbox")
"""First words of subjects on which the processes of the shop talk to each other."""
WILDCARDS = ("*", ">")


def check_publish(subject: str) -> None:
    """Raise `NatsError` if a person may not publish on the subject."""
    if subject.split(".", maxsplit=1)[0] in INNER:
        raise NatsError(f'permissions violation for publish to "{subject}"')


def check_reply(subject: str) -> None:
    """Raise `NatsError` if a person may not let others answer there: it is no inbox, nor open."""
    if not subject.startswith(INBOX):
        check_publish(subject)


def check_subscribe(subject: str) -> None:
    """Raise `NatsError` if a person may not subscribe to the subject."""
    if subject.split(".", maxsplit=1)[0] in (*INNER, *WILDCARDS):
        raise NatsError(f'permissions violation for subscription to "{subject}"')


def check_consumer(stream: str, consumer: str, endpoint: str) -> None:
    """Raise `NatsError` if the consumer is one of the shop's, or not on `STREAM`."""
    violation = f'permissions violation for publish to "$JS.API.{endpoint}"'
    if stream != STREAM:
        raise NatsError(f"{violation}: your consumers are on {STREAM}")
    if consumer.startswith(BY_HAND):
        raise NatsError(f"{violation}: {consumer} is of somebody at the page Consumer")
    if consumer in {each.durable for each in declared_consumers()}:
        raise NatsError(f"{violation}: {consumer} is a consumer of the shop; choose another name")


def check_stream(stream: str, endpoint: str) -> None:
    """Raise `NatsError` for a stream that a person may not create."""
    if stream != STREAM:
        raise NatsError(
            f'permissions violation for publish to "$JS.API.{endpoint}": '
            "streams are declared in the code, and made by manage.py provision"
        )


def check_delete(queue: str) -> None:
    """Raise `CallRejected` for a queue of the shop, or of a visitor at the page Consumer.

    The stand-in for SQS has no rights; a queue of the shop would be missing until it is made again.
    """
    shops = {
        name_at_sqs(name)
        for each in declared_queues()
        for name in (each.name, each.dead_letter_name)
    }
    if queue in shops or queue.startswith(name_at_sqs(BY_HAND)):
        raise CallRejected(
            "An error occurred (AccessDenied) when calling the DeleteQueue operation: "
            f"{queue} is not yours; delete a queue that you have created"
        )
