"""Dead letters: one table for all transports, so that nothing stops silently."""

import logging
from collections.abc import Mapping

from apps.messaging.models import DeadLetter

logger = logging.getLogger(__name__)


def bury(
    *,
    transport: str,
    consumer: str,
    message_id: str,
    destination: str,
    reason: str,
    body: bytes | str,
    headers: Mapping[str, str] | None = None,
    attempts: int = 1,
    traceback: str = "",
) -> None:
    """Keep a message that `consumer` has given up on; a second burial changes nothing.

    `message_id` is what the consumer tells duplicates by: `ce-id`, else `STREAM:sequence`, else
    the queue's MessageId.
    """
    _, is_new = DeadLetter.objects.get_or_create(
        consumer=consumer,
        message_id=message_id,
        defaults={
            "transport": transport,
            "destination": storable(destination)[:255],
            "reason": storable(reason),
            "traceback": storable(traceback),
            "attempts": attempts,
            "headers": {storable(name): storable(value) for name, value in (headers or {}).items()},
            "body": storable(body),
        },
    )
    if is_new:
        logger.warning(
            "dead letter",
            extra={"consumer": consumer, "message_id": message_id, "reason": reason},
        )


def storable(text: bytes | str) -> str:
    """Return text that any database takes: what is no UTF-8, and NUL, as an escape."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "backslashreplace")
    # A lone surrogate cannot be encoded, and PostgreSQL's text cannot hold a NUL.
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")


def count_by_transport() -> dict[str, int]:
    """Return every transport's count and the `total`."""
    transports = list(DeadLetter.objects.values_list("transport", flat=True))
    counts = {name: transports.count(name) for name in DeadLetter.Transport.values}
    return {"total": len(transports), **counts}
