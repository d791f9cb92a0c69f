"""Make streams, durables and queues as declared: idempotent, and the only place that may.

Services only bind to what is there, so that none of them needs the right to create.
"""

from nats.aio.client import Client
from nats.js.errors import NotFoundError

from apps.messaging.streams import (
    ADVISORIES,
    ADVISORY_DURABLE,
    Consumer,
    Stream,
    durable_config,
)


async def provision_jetstream(
    nc: Client, *, streams: list[Stream], consumers: list[Consumer]
) -> None:
    """Make or update every stream and durable.

    Raises nats.js.errors.BadRequestError where what exists cannot be changed so.
    """
    jetstream = nc.jetstream()
    for stream in streams:
        try:
            await jetstream.stream_info(stream.name)
        except NotFoundError:
            await jetstream.add_stream(stream.config())
        else:
            await jetstream.update_stream(stream.config())
    for consumer in consumers:
        await jetstream.add_consumer(consumer.stream.name, consumer.config())
    if ADVISORIES in streams:
        await jetstream.add_consumer(ADVISORIES.name, durable_config(ADVISORY_DURABLE))
