"""Dead letters: one table for all transports, so that nothing stops silently."""

import hashlib
import json
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

from django.db import connection
from django.db.models import Count, F, QuerySet
from django.db.models.functions import Now

from apps.messaging.message import ENVELOPE
from apps.messaging.models import DeadLetter

logger = logging.getLogger(__name__)


class Arrived(Protocol):
    """A message that has arrived for `consumer`: a delivery of a stream, or a job of a queue.

    `message_id` is the id by which the consumer recognises duplicates: `ce-id`, else
    `STREAM:sequence@time`, else the queue's MessageId.
    """

    @property
    def transport(self) -> str: ...
    @property
    def consumer(self) -> str: ...
    @property
    def message_id(self) -> str: ...
    @property
    def destination(self) -> str: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> bytes | str: ...


@dataclass(frozen=True, kw_only=True)
class GivenUp:
    """A message that is given up, for code that has no delivery: all that a dead letter needs."""

    transport: str
    consumer: str
    message_id: str
    destination: str
    body: bytes | str
    headers: Mapping[str, str] = field(default_factory=dict)


def bury(message: Arrived, *, reason: str, attempts: int = 1, traceback: str = "") -> None:
    """Store a message that its consumer has given up; a second call changes nothing.

    A redriven letter is dead again after it, with the new reason and the sum of its attempts.
    """
    why = {"reason": storable(reason), "traceback": storable(traceback)}
    letter, is_new = DeadLetter.objects.get_or_create(
        consumer=message.consumer,
        identity=identity_of(message),
        defaults={
            "transport": message.transport,
            "message_id": message.message_id,
            "destination": _destination(message.destination),
            "attempts": attempts,
            "headers": {storable(name): storable(text) for name, text in message.headers.items()},
            "body": storable(message.body),
            **why,
        },
    )
    extra = {"consumer": message.consumer, "message_id": message.message_id, "reason": reason}
    if is_new or _comes_back(letter, attempts, why):
        logger.warning("dead letter", extra=extra)
        letter.reached("letter.buried", reason=reason)
    else:
        logger.warning("dead letter, again", extra=extra | {"letter": letter.pk})


def identity_of(message: Arrived) -> str:
    """Return the identity of a message: a digest of all that its sender has set.

    An id is not enough: a sender may give ten messages one id, and a stream that is created again
    counts from 1. The digest is the same for each delivery, for a duplicate, and after a redrive.
    """
    said = [storable(message.headers.get(name, "")) for name in ENVELOPE]
    destination = _destination(message.destination)
    whole = [message.message_id, destination, *said, storable(message.body)]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def is_dropped(*, consumer: str, identity: str) -> bool:
    """Return whether a person has dropped this message."""
    return _dropped(consumer).filter(identity=identity).exists()


def is_redriven(*, consumer: str, message_id: str) -> bool:
    """Return whether a person has sent this message again, and it has not failed since."""
    letters = DeadLetter.objects.filter(consumer=consumer, message_id=message_id)
    return letters.filter(state=DeadLetter.State.REDRIVEN).exists()


def dropped_among(identities: Collection[str], *, consumer: str) -> frozenset[str]:
    """Return which of these messages a person has dropped."""
    if not identities:
        return frozenset()
    statement, parameters = _look_up(consumer, len(identities))
    given = dict(zip(_places(len(identities)), identities, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(statement, [given.get(each, each) for each in parameters])
        return frozenset(identity for (identity,) in cursor.fetchall())


def dropped(*, consumer: str) -> frozenset[str]:
    """Return the identities of all messages that a person has dropped."""
    found = _dropped(consumer).values_list("identity", flat=True)
    return frozenset(identity for identity in found if identity)


def _dropped(consumer: str) -> QuerySet[DeadLetter]:
    return DeadLetter.objects.filter(consumer=consumer, state=DeadLetter.State.DROPPED)


@cache
def _look_up(consumer: str, count: int) -> tuple[str, tuple[str, ...]]:
    """Return the statement of a look-up: Django would build it again at each poll of a queue."""
    found = _dropped(consumer).filter(identity__in=_places(count)).values_list("identity")
    statement, parameters = found.query.sql_with_params()
    return statement, tuple(parameters)


def _places(count: int) -> list[str]:
    """Return what stands in the statement for as many identities."""
    return [f"identity {number}" for number in range(count)]


def _destination(text: str) -> str:
    return storable(text)[:255]


def _comes_back(letter: DeadLetter, attempts: int, why: Mapping[str, str]) -> bool:
    redriven = DeadLetter.objects.filter(pk=letter.pk, state=DeadLetter.State.REDRIVEN)
    return bool(
        redriven.update(
            state=DeadLetter.State.DEAD, attempts=F("attempts") + attempts, died_at=Now(), **why
        )
    )


def storable(text: bytes | str) -> str:
    """Return text that any database accepts: invalid UTF-8 and NUL are escaped."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "backslashreplace")
    # A lone surrogate cannot be encoded, and PostgreSQL's text cannot hold a NUL.
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")


def find(*, transport: str = "", consumer: str = "", state: str = "") -> QuerySet[DeadLetter]:
    """Return the letters of a transport, a consumer, a state; the last that died first."""
    asked = {"transport": transport, "consumer": consumer, "state": state}
    given = {name: value for name, value in asked.items() if value}
    return DeadLetter.objects.filter(**given).order_by("-died_at", "-id")


def count_by_transport() -> dict[str, int]:
    """Return how many are dead, for every transport and in `total`, without redriven ones."""
    dead = find(state=DeadLetter.State.DEAD).order_by().values_list("transport")
    # It counts the column that the index has: for another one PostgreSQL reads each row.
    found = dict(dead.annotate(Count("transport")))
    counts = dict.fromkeys(DeadLetter.Transport.values, 0) | found
    return {"total": sum(counts.values()), **counts}


def newest_ages() -> dict[str, float]:
    """Return transport → seconds since one of its messages was given up last, redriven or not.

    A count would hide a new letter behind one that is redriven. A transport without letters is not
    there.
    """
    ages = {}
    for transport in DeadLetter.Transport.values:
        letter = find(transport=transport).annotate(now=Now()).only("died_at").first()
        if letter:
            ages[transport] = round((letter.now - letter.died_at).total_seconds(), 1)
    return ages
