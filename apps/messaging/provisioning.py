"""Make streams, durables and queues as declared: idempotent, and the only place that may.

Services only bind to what is there, so that none of them needs the right to create.
"""

from collections.abc import Awaitable

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig
from nats.js.errors import APIError, NotFoundError

from apps.messaging.errors import NotProvisioned
from apps.messaging.streams import (
    ADVISORIES,
    ADVISORY_DURABLE,
    Consumer,
    Stream,
    durable_config,
)

_CANNOT_UPDATE_STREAM = 10052
_CANNOT_UPDATE_CONSUMER = 10012
_MENDS = {
    _CANNOT_UPDATE_STREAM: (
        "it stays as it was; take back what was changed by hand, and where the server does not"
        " allow that, back it up, delete it and run provision again"
    ),
    _CANNOT_UPDATE_CONSUMER: (
        "it stays as it was; delete it and run provision again: it then reads its stream from the"
        " beginning, and the inbox knows what was handled"
    ),
}
_OTHERWISE = "mend that and run provision again"


async def provision_jetstream(
    nc: Client, *, streams: list[Stream], consumers: list[Consumer]
) -> None:
    """Make or update every stream and durable.

    Raises `NotProvisioned` after all were tried, with a line for each that the server refused.
    """
    jetstream = nc.jetstream()
    durables = [(each.stream, each.config()) for each in consumers]
    if ADVISORIES in streams:
        durables.append((ADVISORIES, durable_config(ADVISORY_DURABLE)))
    problems = [
        await _problem(f"stream {stream.name}", _make_stream(jetstream, stream))
        for stream in streams
    ]
    problems += [
        await _problem(
            f"durable {config.durable_name} of {stream.name}",
            _make_durable(jetstream, stream, config),
        )
        for stream, config in durables
    ]
    if found := [problem for problem in problems if problem]:
        raise NotProvisioned(*found)


async def _make_stream(jetstream: JetStreamContext, stream: Stream) -> None:
    try:
        await jetstream.stream_info(stream.name)
    except NotFoundError:
        await jetstream.add_stream(stream.config())
    else:
        await jetstream.update_stream(stream.config())


async def _make_durable(
    jetstream: JetStreamContext, stream: Stream, config: ConsumerConfig
) -> None:
    await jetstream.add_consumer(stream.name, config)


async def _problem(what: str, making: Awaitable[None]) -> str:
    """Return what is wrong and what to do, in one line; nothing where all is well."""
    try:
        await making
    # Of an update that cannot be, nats-py raises a ServerError (500) and no BadRequestError.
    except APIError as error:
        mend = _MENDS.get(error.err_code or 0, _OTHERWISE)
        return f"{what}: {error.description} ({error.err_code}); {mend}"
    return ""
