"""Creates streams and durables as declared; it can be repeated. Queues: `jobs/job_queue.py`.

Services only bind to existing ones, so that none of them needs the right to create.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import nats.errors
from django.conf import settings
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, StreamConfig
from nats.js.errors import APIError, NotFoundError, ServerError

from apps.messaging.errors import NotProvisioned
from apps.messaging.events.streams import (
    ADVISORIES,
    ADVISORY_DURABLE,
    Consumer,
    Stream,
    durable_config,
)

_STORE_NOT_MADE = 10049
PAUSES_UNTIL_FILES_ARE_GONE = (0.1, 0.2, 0.4, 0.8)
"""Seconds."""
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


_SILENT = (
    "it did not answer; look at the server's log and at what this user may do, and run provision"
    " again"
)
_LEFT = "left as it was, as its stream did not answer"


def _ignore(name: str) -> None:
    pass


async def provision_jetstream(
    nc: Client,
    *,
    streams: list[Stream],
    consumers: list[Consumer],
    made: Callable[[str], None] = _ignore,
) -> None:
    """Create or update every stream and durable; `made` is called with the name of each.

    Raises `NotProvisioned` after all were tried, with a line for each that the server rejected or
    did not answer for. Raises the errors of nats-py if the connection is lost meanwhile.
    """
    jetstream = nc.jetstream(timeout=settings.LONGEST_TIMES.nats_call)
    problems: list[str] = []
    silent: set[str] = set()
    for stream in streams:
        error = await _error_of(_make_stream(jetstream, stream))
        if error is None:
            made(stream.name)
            continue
        problems.append(_problem(nc, f"stream {stream.name}", error))
        if isinstance(error, nats.errors.TimeoutError):
            silent.add(stream.name)
    for name, config in durables(streams, consumers):
        what = f"durable {config.durable_name} of {name}"
        if name in silent:  # Each would be waited for as long.
            problems.append(f"{what}: {_LEFT}")
        elif error := await _error_of(jetstream.add_consumer(name, config)):
            problems.append(_problem(nc, what, error))
        else:
            made(config.durable_name or "")
    if problems:
        raise NotProvisioned(*problems)


def durables(
    streams: list[Stream], consumers: list[Consumer]
) -> Iterator[tuple[str, ConsumerConfig]]:
    """Yield the name of the stream and the configuration of each durable."""
    for each in consumers:
        yield each.stream.name, each.config()
    if any(each.name == ADVISORIES for each in streams):
        yield ADVISORIES, durable_config(ADVISORY_DURABLE)


async def not_provisioned(
    nc: Client, *, streams: list[Stream], consumers: list[Consumer]
) -> dict[str, list[str]]:
    """Return stream → what is missing there: the stream itself, or some of its durables."""
    jetstream = nc.jetstream(timeout=settings.LONGEST_TIMES.nats_call)
    missing: dict[str, list[str]] = {}
    for stream in streams:
        try:
            await jetstream.stream_info(stream.name)
        except NotFoundError:
            missing[stream.name] = [f"stream {stream.name}"]
    for name, config in durables(streams, consumers):
        durable = config.durable_name or ""
        try:
            await jetstream.consumer_info(name, durable)
        except NotFoundError:
            missing.setdefault(name, []).append(f"durable {durable} of {name}")
    return missing


async def _make_stream(jetstream: JetStreamContext, stream: Stream) -> None:
    try:
        await jetstream.stream_info(stream.name)
    except NotFoundError:
        await add_stream(jetstream, stream.config())
    else:
        await jetstream.update_stream(stream.config())


async def add_stream(jetstream: JetStreamContext, config: StreamConfig) -> None:
    """Make a stream, also under the name of one that was deleted a moment ago.

    nats-server (2.15) deletes the files of a stream after its answer, and refuses a new stream of
    the name meanwhile: 10049. Raises `ServerError` if it still does after 1.5 s.
    """
    for pause in PAUSES_UNTIL_FILES_ARE_GONE:
        try:
            await jetstream.add_stream(config)
        except ServerError as error:
            if error.err_code != _STORE_NOT_MADE:
                raise
            await asyncio.sleep(pause)
        else:
            return
    await jetstream.add_stream(config)


async def _error_of(request: Awaitable[object]) -> APIError | nats.errors.TimeoutError | None:
    """Return why the server did not do it; None if it did."""
    try:
        await request
    except (APIError, nats.errors.TimeoutError) as error:
        return error
    return None


def _problem(nc: Client, what: str, error: APIError | nats.errors.TimeoutError) -> str:
    """Return the problem and the remedy in one line; raise an error that concerns all of them."""
    # For an impossible update nats-py raises a ServerError (500), not a BadRequestError.
    if isinstance(error, APIError):
        mend = _MENDS.get(error.err_code or 0, _OTHERWISE)
        return f"{what}: {error.description} ({error.err_code}); {mend}"
    if not nc.is_connected:
        raise error
    return f"{what}: {_SILENT}"
