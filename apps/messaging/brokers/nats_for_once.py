"""A connection to NATS for one piece of work, by another user than that of this process."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import nats.errors
from nats.js.errors import APIError

from apps.messaging.brokers.nats_access import access
from apps.messaging.brokers.nats_connection import connect_options, reason_of
from apps.messaging.brokers.nats_py_fixes import PatchedClient
from apps.messaging.errors import BrokerAway


@dataclass(frozen=True, kw_only=True)
class NatsUser:
    """A user by the URL with its name and password, and the prefix of the inboxes it may have."""

    url: str
    inbox_prefix: str


def options_as(user: NatsUser, name: str) -> dict[str, Any]:
    """Return the options of a connection as this user, which ends when it is lost."""
    return {
        **connect_options(name),
        **access(user.url),
        "inbox_prefix": user.inbox_prefix,
        "allow_reconnect": False,
    }


def once[T](
    user: NatsUser,
    work: Callable[[PatchedClient], Coroutine[Any, Any, T]],
    *,
    seconds: float,
    name: str,
) -> T:
    """Connect under this name, do the work within `seconds`, and close; return its result.

    Raises `BrokerAway`.
    """
    try:
        return asyncio.run(asyncio.wait_for(_connected(user, work, name), seconds))
    except APIError as error:
        raise BrokerAway(f"{name}: the server says no: {error.description}") from error
    except (nats.errors.Error, OSError) as error:
        # An error of any class: nats-py has no class for a wrong password.
        raise BrokerAway(f"{name}: {reason_of(error)}") from error


async def _connected[T](
    user: NatsUser, work: Callable[[PatchedClient], Coroutine[Any, Any, T]], name: str
) -> T:
    nc = PatchedClient()
    try:
        # Without the two it tries a server that is away until the time is over.
        options = options_as(user, name) | {"max_reconnect_attempts": 1, "reconnect_time_wait": 0}
        await nc.connect(**options)
        return await work(nc)
    finally:
        await nc.close()
