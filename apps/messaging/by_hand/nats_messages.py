"""What a person takes from NATS by hand and answers, and what that raises."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import nats.errors
from nats.aio.msg import Msg

from apps.messaging.brokers.nats_connection import CONNECTION_LOST, reason_of
from apps.messaging.errors import BrokerAway, MessagingError

type AckKind = Literal["+ACK", "-NAK", "+TERM", "+WPI"]
"""The first word of what is sent to the acknowledgement's subject."""


class NatsError(MessagingError):
    """The server, or nats-py, does not accept this: a right is missing, or a subject is wrong."""


class NoAnswerCame(MessagingError):
    """No answer came in time."""


class NoListener(MessagingError):
    """No one is subscribed to this subject at the moment."""


class JetStreamApiError(MessagingError):
    """JetStream has answered with an error."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(f"{description} ({code})")
        self.code = code


@dataclass(frozen=True, kw_only=True)
class MessageByHand:
    """A received message; `delivered` is how a consumer delivered it, None on core NATS."""

    subject: str
    body: bytes
    headers: Mapping[str, str]
    reply: str
    delivered: Msg.Metadata | None

    @classmethod
    def of(cls, msg: Msg) -> "MessageByHand":
        """Return what nats-py received, without its connection."""
        return cls(
            subject=msg.subject,
            body=msg.data,
            headers=msg.headers or {},
            reply=msg.reply,
            delivered=msg.metadata if msg.reply.startswith("$JS.ACK.") else None,
        )

    @property
    def status(self) -> str:
        """Return the server's own status, such as `408`; empty for a message of a client."""
        return "" if self.body or self.delivered else self.headers.get("Status", "")


@contextmanager
def reaching_nats() -> Iterator[None]:
    """Name what nats-py raises: `NoAnswerCame`, `BrokerAway` or `NatsError`."""
    try:
        yield
    except TimeoutError as error:  # A lost connection may be one too, but not for nats-py.
        raise NoAnswerCame from error
    except CONNECTION_LOST as error:
        raise BrokerAway(reason_of(error)) from error
    except nats.errors.Error as error:
        raise NatsError(str(error).removeprefix("nats: ")) from error
