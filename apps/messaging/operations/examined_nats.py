"""Examines NATS for `manage.py doctor`: reachable, with JetStream, provisioned as declared."""

import asyncio
import json
from contextlib import suppress
from datetime import datetime
from typing import Any

import nats.errors
from django.conf import settings
from nats.aio.client import Client
from nats.js.errors import ServiceUnavailableError

from apps.messaging.brokers.nats_address import address
from apps.messaging.brokers.nats_connection import CONNECTION_LOST, Connection
from apps.messaging.brokers.nats_version import UNKNOWN, version_of
from apps.messaging.errors import BrokerAway
from apps.messaging.events.streams import declared_consumers, declared_streams
from apps.messaging.finding import Finding, broken, warning, well
from apps.messaging.operations import clock_difference
from apps.messaging.operations.declared_differences import Unanswered, of_durable, of_stream
from apps.messaging.operations.provisioning import durables

NAME = "nats"
STEP_SECONDS = 2.0
"""For each of three steps: to connect, to ask for everything at once, to leave."""


def findings() -> list[Finding]:
    """Return what is wrong with it; of a server that is away this is one finding."""
    return asyncio.run(_findings())


async def _findings() -> list[Finding]:
    connection = Connection("doctor", lost=_ignore, back=_ignore, closed=_ignore)
    try:
        await connection.open(STEP_SECONDS)
        return await _examined(connection.nc)
    except BrokerAway as error:
        return [_away(str(error), "start it, see whether it hangs, or correct NATS_URL")]
    except CONNECTION_LOST as error:
        mend = "look at its log, and at the way to it"
        return [_away(f"it does not answer ({type(error).__name__})", mend)]
    finally:
        with suppress(*CONNECTION_LOST):
            await asyncio.wait_for(connection.leave(), STEP_SECONDS)


def _ignore() -> None:
    pass


def _away(reason: str, mend: str) -> Finding:
    # Without the user and the password that NATS_URL may have.
    return broken(NAME, f"{', '.join(address(settings.NATS_URL).servers)}: {reason}", mend)


async def _examined(nc: Client) -> list[Finding]:
    version = version_of(nc)
    named = "of an unknown version" if version == UNKNOWN else ".".join(map(str, version))
    found = [well(NAME, f"nats-server {named} answers")]
    streams = declared_streams()
    expected = list(durables(streams, declared_consumers()))
    manager = nc.jetstream(timeout=STEP_SECONDS)
    asked = [
        *(of_stream(manager, each.config()) for each in streams),
        *(of_durable(manager, stream, config) for stream, config in expected),
    ]
    try:
        clock, answers = await asyncio.gather(_clock(nc, streams[0].name), asyncio.gather(*asked))
    except ServiceUnavailableError:
        mend = "start nats-server with `-js`; if it has just started, wait a moment"
        return [*found, broken("jetstream", "the server has none", mend)]
    if unanswered := [each.name for each in answers if isinstance(each, Unanswered)]:
        # It is a matter of rights only if the server still answers to something else.
        await nc.flush(round(STEP_SECONDS))
        found.append(_not_permitted(unanswered))
    wrong = [each for each in answers if isinstance(each, Finding)]
    if not wrong and not unanswered:
        counts = f"{len(streams)} streams and {len(expected)} durables"
        found.append(well("jetstream", f"{counts} are as declared"))
    return [*found, *wrong, *clock]


def _not_permitted(names: list[str]) -> Finding:
    seen = f"this user gets no answer about {', '.join(names)}"
    return warning("jetstream", seen, "run doctor as NATS's user `web` or `provision`")


async def _clock(nc: Client, stream: str) -> list[Finding]:
    """Compare our clock with the time in an answer of JetStream's, if it has one."""
    asked_at = clock_difference.now()
    try:
        message = await nc.request(f"$JS.API.STREAM.INFO.{stream}", timeout=STEP_SECONDS)
    except (nats.errors.TimeoutError, nats.errors.NoRespondersError):
        return []
    answered_at = clock_difference.now()
    answer: dict[str, Any] = json.loads(message.data)
    if "ts" not in answer:
        return []
    said = datetime.fromisoformat(answer["ts"])
    return [clock_difference.finding("NATS", asked_at=asked_at, said=said, answered_at=answered_at)]
