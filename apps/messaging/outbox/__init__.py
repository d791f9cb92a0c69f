"""Transactional outbox: a message leaves if and only if the transaction that recorded it commits.

Messages of one key leave in order, at least once; a repeat carries the same message id.
The domain calls `recording`. `relay` is the worker's loop: it claims rows, publishes them and
marks each. Read `recording` first, then `relay`.

Do not use it where the loss of a message is harmless, or where the caller needs an answer: `pubsub`
and `request_reply` are for these.
"""

from apps.messaging.outbox.recording import (
    discard,
    keys_on_the_way,
    record,
    record_all,
    record_raw,
    revive,
)

__all__ = ["discard", "keys_on_the_way", "record", "record_all", "record_raw", "revive"]
