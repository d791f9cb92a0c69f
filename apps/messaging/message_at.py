"""The key for counting attempts at a message: its id and digest, at one consumer."""

from typing import NamedTuple


class MessageAt(NamedTuple):
    """One message at one consumer; `identity` is its digest (`dead_letters.identity_of`)."""

    consumer: str
    message_id: str
    identity: str = ""
