"""A corrected copy of a dead letter, sent to its consumer alone under an id of its own."""

import logging
import uuid

from django.db import transaction

from apps.messaging import outbox
from apps.messaging.errors import NotADeadLetter
from apps.messaging.message import REDRIVE_FOR, REDRIVE_OF
from apps.messaging.models import DeadLetter, OutboxMessage
from apps.messaging.recovery.redrive import sendable_headers

logger = logging.getLogger(__name__)

TRANSPORTS = {
    DeadLetter.Transport.JETSTREAM: OutboxMessage.Transport.JETSTREAM,
    DeadLetter.Transport.SQS: OutboxMessage.Transport.SQS,
}
"""Of letters that can be copied. A task of Celery is checked as a whole, by its own worker."""


@transaction.atomic
def send_copy(*, id: int, body: str) -> str:
    """Record a message with this body for the letter's consumer; return its id.

    The letter stays as it is. The consumer has not had the copy, whatever it did with the letter:
    so an effect that the letter had in part can happen again. Raises `NotADeadLetter` if there is
    no such letter, or if its transport is not one of `TRANSPORTS`, and `MessageTooLarge`.
    """
    letter = DeadLetter.objects.filter(pk=id).first()
    if letter is None:
        raise NotADeadLetter(f"there is no dead letter {id}")
    if letter.transport not in TRANSPORTS:
        raise NotADeadLetter(f"a message of {letter.get_transport_display()} cannot be copied")
    message_id = str(uuid.uuid4())
    transport = TRANSPORTS[DeadLetter.Transport(letter.transport)]
    headers = {**sendable_headers(letter), "ce-id": message_id}
    headers.pop(REDRIVE_OF, None)
    if transport == OutboxMessage.Transport.JETSTREAM:
        headers[REDRIVE_FOR] = letter.consumer
    outbox.record_raw(
        transport=transport,
        destination=letter.destination,
        # A key of its own: it need not wait for other messages of the original key.
        key=f"copy-of-dead-letter:{letter.pk}",
        headers=headers,
        body=body,
    )
    extra = {"consumer": letter.consumer, "message_id": message_id, "copy_of": letter.message_id}
    logger.info("copy recorded", extra=extra)
    return message_id
