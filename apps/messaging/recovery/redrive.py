"""Redrive: a dead letter is sent again, only to its own consumer and with its own id.

It is recorded in the outbox in the transaction that marks the letter, so it is neither lost nor
sent twice. If it fails again, the same letter is dead again.
"""

import logging
from functools import partial
from urllib.parse import quote

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from apps.messaging import outbox
from apps.messaging.errors import NotADeadLetter
from apps.messaging.message import REDRIVE_FOR, REDRIVE_OF, check_size, deduplication_id
from apps.messaging.models import DeadLetter, OutboxMessage
from apps.messaging.pubsub.broadcast import publish

logger = logging.getLogger(__name__)

_REDRIVE_KEY = "dead-letter:"
_SENDABLE = "!#$%&'*+-.^_`|~"
"""Characters that a header's name may have beside letters and digits (RFC 7230, and nats-py)."""


@transaction.atomic
def redrive(*, id: int, again: bool = False) -> None:
    """Send a dead letter again; with `again` also one that was redriven already, and lost.

    Raises `NotADeadLetter`, and `MessageTooLarge` if it is above the limit of a message.
    """
    letter = _locked(id)
    if letter.state == DeadLetter.State.REDRIVEN and not again:
        raise NotADeadLetter(f"dead letter {id} was redriven at {letter.redriven_at:%F %T} UTC")
    _send(letter)
    DeadLetter.objects.filter(pk=letter.pk).update(
        state=DeadLetter.State.REDRIVEN, redrives=F("redrives") + 1, redriven_at=Now()
    )
    letter.reached("letter.redriven")
    _log("redriven", letter)


@transaction.atomic
def drop(*, id: int) -> None:
    """Drop a dead letter: it is never sent again; its row stays for a while.

    A redriven letter can be dropped until its message has left the outbox. Raises
    `NotADeadLetter`.
    """
    letter = _locked(id)
    discarded = outbox.discard(_rows_of(letter))
    if letter.state != DeadLetter.State.DEAD and not discarded:
        raise NotADeadLetter(f"dead letter {id} is {letter.state}")
    DeadLetter.objects.filter(pk=letter.pk).update(state=DeadLetter.State.DROPPED)
    _log("dropped", letter)


@transaction.atomic
def requeue(row: OutboxMessage) -> None:
    """Let a dead row of the outbox be sent, as a redrive of its letter. Raises `NotADeadLetter`."""
    letters = DeadLetter.objects.filter(
        transport=DeadLetter.Transport.OUTBOX, message_id=str(row.message_id)
    )
    if letter := letters.first():
        redrive(id=letter.pk, again=True)
    elif not outbox.revive(message_id=str(row.message_id)):
        raise NotADeadLetter(f"outbox row {row.pk} is not dead")


@transaction.atomic
def drop_row(*, id: int) -> None:
    """Delete an unsent row of the outbox, as if it was never recorded.

    Its own dead letter is dropped with it. If the row was a redrive, its letter is dead again.
    Raises `NotADeadLetter` if there is no such unsent row. Letters are locked before the row, as
    in `drop`, so that the two cannot deadlock.
    """
    unsent = OutboxMessage.objects.filter(pk=id, sent_at=None)
    row = unsent.first()
    for letters in _letters_of(row) if row else ():
        list(letters.select_for_update().values_list("pk"))
    row = unsent.select_for_update().first()
    if row is None:
        raise NotADeadLetter(f"the outbox has no unsent row {id}")
    own, redriven = _letters_of(row)
    own.update(state=DeadLetter.State.DROPPED)
    redriven.filter(state=DeadLetter.State.REDRIVEN).update(state=DeadLetter.State.DEAD)
    row.delete()
    logger.info("dropped", extra={"message_id": str(row.message_id), "key": row.key})


def key_of(letter_id: int) -> str:
    """Return the outbox key of a letter's redrives.

    A key of their own: they need not wait for other messages of the original key.
    """
    return f"{_REDRIVE_KEY}{letter_id}"


def _rows_of(letter: DeadLetter) -> QuerySet[OutboxMessage]:
    """Return the outbox rows that send this letter."""
    if letter.transport == DeadLetter.Transport.OUTBOX:
        return OutboxMessage.objects.filter(message_id=letter.message_id)
    return OutboxMessage.objects.filter(key=key_of(letter.pk))


def _letters_of(row: OutboxMessage) -> tuple[QuerySet[DeadLetter], QuerySet[DeadLetter]]:
    """Return the letters of the row itself, and the one that it redrives."""
    own = DeadLetter.objects.filter(
        transport=DeadLetter.Transport.OUTBOX, message_id=str(row.message_id)
    )
    if not row.key.startswith(_REDRIVE_KEY):
        return own, DeadLetter.objects.none()
    return own, DeadLetter.objects.filter(pk=row.key.removeprefix(_REDRIVE_KEY))


def _locked(id: int) -> DeadLetter:
    letter = DeadLetter.objects.select_for_update().filter(pk=id).first()
    if letter is None:
        raise NotADeadLetter(f"there is no dead letter {id}")
    return letter


def _send(letter: DeadLetter) -> None:
    """Record the message for its transport; a message of Celery is completely in its body."""
    match letter.transport:
        case DeadLetter.Transport.JETSTREAM:
            headers = _headers_of(letter) | {REDRIVE_FOR: letter.consumer}
            _record(letter, OutboxMessage.Transport.JETSTREAM, headers)
        case DeadLetter.Transport.SQS:
            _record(letter, OutboxMessage.Transport.SQS, _headers_of(letter))
        case DeadLetter.Transport.CELERY:
            _record(letter, OutboxMessage.Transport.SQS, {REDRIVE_OF: letter.message_id})
        case DeadLetter.Transport.QUEUE_GROUP:
            # At most once, as it was: whether a member of the group is there is not known.
            body, headers = letter.body.encode(), _headers_of(letter)
            check_size(body, headers)
            transaction.on_commit(partial(publish, letter.destination, body, headers), robust=True)
        case DeadLetter.Transport.OUTBOX:
            if not outbox.revive(message_id=letter.message_id):
                raise NotADeadLetter(f"the outbox row of dead letter {letter.pk} is gone or sent")


def _record(letter: DeadLetter, transport: str, headers: dict[str, str]) -> None:
    outbox.record_raw(
        transport=transport,
        destination=letter.destination,
        key=key_of(letter.pk),
        headers=headers,
        body=letter.body,
    )


def sendable_headers(letter: DeadLetter) -> dict[str, str]:
    """Return the headers unchanged, without those that give the server instructions.

    The server accepts header names that no client can send: their characters are sent as `%28`.
    """
    return {
        quote(name, safe=_SENDABLE): value
        for name, value in letter.headers.items()
        if name and not name.lower().startswith("nats-") and name != REDRIVE_FOR
    }


def _headers_of(letter: DeadLetter) -> dict[str, str]:
    headers = sendable_headers(letter)
    own_id = (
        {} if deduplication_id(headers) == letter.message_id else {REDRIVE_OF: letter.message_id}
    )
    return headers | own_id


def _log(event: str, letter: DeadLetter) -> None:
    logger.info(event, extra={"consumer": letter.consumer, "message_id": letter.message_id})
