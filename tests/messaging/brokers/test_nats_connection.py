"""Which errors mean a lost connection, and which do not."""

import asyncio

import nats.errors
import pytest

from apps.messaging.brokers.nats_connection import CONNECTION_LOST
from apps.messaging.errors import MessageTooLarge


@pytest.mark.parametrize(
    "error",
    [
        nats.errors.MaxPayloadError(),
        nats.errors.BadSubjectError(),
        nats.errors.BadHeaderError("a name"),
        nats.errors.NoRespondersError(),
        nats.errors.MsgAlreadyAckdError(),
        MessageTooLarge(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_message_error_is_not_a_lost_connection(error: Exception) -> None:
    assert not isinstance(error, CONNECTION_LOST)


@pytest.mark.parametrize(
    "error",
    [
        nats.errors.ConnectionClosedError(),
        nats.errors.ConnectionReconnectingError(),
        nats.errors.UnexpectedEOF(),
        nats.errors.FlushTimeoutError(),
        nats.errors.OutboundBufferLimitError(),
        ConnectionResetError(),
        asyncio.TimeoutError(),  # noqa: UP041 - that it is the builtin one is what we rely on.
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_of_a_lost_connection_are_recognised(error: Exception) -> None:
    assert isinstance(error, CONNECTION_LOST)
