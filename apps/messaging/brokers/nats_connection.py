"""One connection to NATS: its options; its events are logged and passed on."""

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import nats.errors
import nats.js.errors
from django.conf import settings
from nats.aio.client import Server

from apps.messaging.brokers.denied_subscriptions import DeniedSubscriptions
from apps.messaging.brokers.nats_access import access
from apps.messaging.brokers.nats_py_fixes import PatchedClient, TlsNotOffered
from apps.messaging.errors import BrokerAway

CONNECTION_LOST = (
    nats.errors.ConnectionClosedError,
    nats.errors.ConnectionDrainingError,
    nats.errors.ConnectionReconnectingError,
    nats.errors.StaleConnectionError,
    nats.errors.OutboundBufferLimitError,
    nats.errors.NoServersError,
    OSError,
    RuntimeError,
)
"""Errors that any call of nats-py may raise while the connection is lost. A timeout is an
`OSError`; uvloop's closed transport raises the last. An error of a message is none of these."""
NOT_SERVED = (*CONNECTION_LOST, nats.errors.NoRespondersError, nats.js.errors.Error)
"""These, and the errors with which JetStream answers a request, for instance a missing durable."""

CONNECT_SECONDS = 3.0
DRAIN_SECONDS = 2.0
"""For each step of a stop: a worker has nine seconds for all of them."""


def reason_of(error: Exception) -> str:
    """Return the error in plain words: nats-py has many names for a lost connection."""
    if isinstance(error, CONNECTION_LOST):
        return "NATS does not answer"
    return str(error) or type(error).__name__


_AWAY = (
    OSError,
    nats.errors.UnexpectedEOF,
    nats.errors.StaleConnectionError,
    nats.errors.OutboundBufferLimitError,
)

logger = logging.getLogger(__name__)


def connect_options(name: str) -> dict[str, Any]:
    """Return the options of every connection; the server lists it under `name`."""
    return {
        **access(settings.NATS_URL),
        "name": name,
        "inbox_prefix": settings.NATS_INBOX_PREFIX,
        "max_reconnect_attempts": -1,
        "connect_timeout": 2,
        "reconnect_time_wait": 0.25,
        "reconnect_to_server_handler": _next_server,
        # A half-open connection is noticed after three of these, not after the default six minutes.
        "ping_interval": 10,
        "max_outstanding_pings": 2,
        # No buffer while disconnected: a publish that "timed out" could still be sent later.
        "pending_size": 0,
        "drain_timeout": DRAIN_SECONDS,
    }


class Connection:
    """A nats-py client; `lost`, `back` and `closed` are called when that happens."""

    def __init__(
        self,
        name: str,
        *,
        lost: Callable[[], None],
        back: Callable[[], None],
        closed: Callable[[], None],
    ) -> None:
        self.nc = PatchedClient()
        self._name = name
        self._lost = lost
        self._back = back
        self._closed = closed
        self._is_open = False
        self._denied = DeniedSubscriptions(self.nc)

    async def open(self, seconds: float) -> None:
        """Connect, or raise `BrokerAway`: `connect()` itself would try for ever."""
        connecting = self.nc.connect(
            **connect_options(self._name),
            error_cb=self._on_error,
            disconnected_cb=self._on_disconnected,
            reconnected_cb=self._on_reconnected,
            closed_cb=self._on_closed,
        )
        try:
            await asyncio.wait_for(connecting, seconds)
        except TimeoutError as error:
            await self._close()
            reason = str(self.nc.last_error or "") or f"no answer within {seconds:g} s"
            raise BrokerAway(f"NATS cannot be reached: {reason}") from error
        except asyncio.CancelledError:
            await self._close()
            raise
        self._is_open = True

    async def leave(self) -> None:
        """Let running callbacks end and their publishes go out, then close."""
        self._is_open = False
        self._denied.forget()
        try:
            await asyncio.wait_for(self.nc.drain(), DRAIN_SECONDS + 1)
        except CONNECTION_LOST:
            await self._close()

    async def _close(self) -> None:
        with suppress(*CONNECTION_LOST):
            await self.nc.close()

    async def _on_disconnected(self) -> None:
        if self._is_open:
            logger.warning("nats disconnected")
            self._lost()
            # nats-py calls this in the task that reconnects. If an unexpected error ends that
            # task, nats-py does not report it.
            reconnecting = asyncio.current_task()
            assert reconnecting is not None
            reconnecting.add_done_callback(self._on_reconnecting_ended)

    def _on_reconnecting_ended(self, task: asyncio.Task[None]) -> None:
        if self._is_open and not task.cancelled() and (error := task.exception()):
            self._is_open = False
            logger.error("nats reconnecting failed", extra={"error": repr(error)}, exc_info=error)
            self._closed()

    async def _on_reconnected(self) -> None:
        logger.info("nats reconnected")
        self._back()

    async def _on_closed(self) -> None:
        if self._is_open:
            self._is_open = False
            self._denied.forget()
            logger.error("nats closed for good", extra={"error": str(self.nc.last_error)})
            self._closed()

    async def _on_error(self, error: Exception) -> None:
        if isinstance(error, _AWAY):
            # One loss of the connection causes many of these errors; it is logged once.
            logger.debug("nats away", extra={"error": str(error)})
        elif type(error) in (nats.errors.Error, TlsNotOffered):
            # Errors that the server sends: "permissions violation" is reported only here.
            logger.error("rejected by nats", extra={"error": str(error)})
            self._denied.note(error)
        else:
            logger.error("nats error", extra={"error": str(error)}, exc_info=error)


def _next_server(servers: list[Server], info: dict[str, Any]) -> tuple[Server, float]:
    """Return the server for a reconnect, and a random wait, so that clients do not come at once."""
    server = min(servers, key=lambda server: server.reconnects)
    return server, random.uniform(0.5, 1.0) * min(2.0, 0.05 * 2 ** min(server.reconnects, 6))
