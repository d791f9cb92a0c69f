"""Subscribes again after the server has denied a subscription: the right may have come back.

A reload of the server that takes a right ends the subscriptions that need it; nats-py (2.16) keeps
them, and the connection stays open. A reload that gives the right back brings no message again: a
listener would be deaf until its next reconnect.
"""

import asyncio
from contextlib import suppress

import nats.errors
from nats.aio.client import Client

AGAIN_SECONDS = 10.0
"""How long after a denial, and after each further one."""
_VIOLATION = "permissions violation for subscription"


class DeniedSubscriptions:
    """Sends all subscriptions of a client again, until none of them is denied."""

    def __init__(self, nc: Client) -> None:
        self._nc = nc
        self._is_denied = False
        self._again: asyncio.Task[None] | None = None

    def note(self, error: Exception) -> None:
        """Begin, if this says that a subscription is denied."""
        if _VIOLATION not in str(error):
            return
        self._is_denied = True
        if self._again is None or self._again.done():
            self._again = asyncio.create_task(self._until_taken())

    def forget(self) -> None:
        """End, since the connection ends."""
        if self._again is not None:
            self._again.cancel()

    async def _until_taken(self) -> None:
        while self._is_denied:
            await asyncio.sleep(AGAIN_SECONDS)
            self._is_denied = False
            # After a reconnect nats-py has done it.
            with suppress(nats.errors.Error, OSError):
                await self._subscribe_again()

    async def _subscribe_again(self) -> None:
        """Wait for the answer: denials are noted before it. The server ignores what it has."""
        if not self._nc.is_connected:
            return
        for subscription in list(self._nc._subs.values()):
            await self._nc._send_subscribe(subscription)
        await self._nc.flush()
