"""The state of the streams and durables, from the server."""

from typing import Any

from django.conf import settings
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError, ServiceUnavailableError

from apps.messaging.errors import BrokerAway
from apps.messaging.events.streams import Consumer, Stream, declared_consumers, declared_streams
from apps.messaging.recovery import stream_losses


async def jetstream_state(nc: Client) -> dict[str, Any]:
    """Return `{"streams", "consumers"}`, a row for each that is declared and counted.

    Raises `BrokerAway` if the server has no JetStream.
    """
    manager = nc.jetstream(timeout=settings.LONGEST_TIMES.probe)
    try:
        # In this order: the stream, read later, must have what the consumer has received before.
        consumers = [await _consumer(manager, each) for each in _counted_consumers()]
        streams = [await _stream(manager, each) for each in _counted_streams()]
    except ServiceUnavailableError as error:
        reason = "the server answers, its JetStream does not: it is switched off, or not ready yet"
        raise BrokerAway(reason) from error
    stream_losses.add_places_ahead(consumers, streams=streams)
    return {"streams": streams, "consumers": consumers}


def _counted_streams() -> list[Stream]:
    return [each for each in declared_streams() if each.name not in settings.STATUS_OMITS]


def _counted_consumers() -> list[Consumer]:
    return [each for each in declared_consumers() if each.durable not in settings.STATUS_OMITS]


async def _consumer(manager: JetStreamContext, consumer: Consumer) -> dict[str, Any]:
    try:
        info = await manager.consumer_info(consumer.stream.name, consumer.durable)
    except NotFoundError:
        return {"name": consumer.durable, "error": "not provisioned"}
    return {
        "name": consumer.durable,
        "stream": consumer.stream.name,
        "pending": info.num_pending,
        "ack_pending": info.num_ack_pending,
        "redelivered": info.num_redelivered,
        "last_sequence": info.delivered.stream_seq if info.delivered else 0,
        "paused": bool(info.paused),
    }


async def _stream(manager: JetStreamContext, stream: Stream) -> dict[str, Any]:
    try:
        info = await manager.stream_info(stream.name)
    except NotFoundError:
        return {"name": stream.name, "error": "not provisioned"}
    limit = info.config.max_bytes or 0
    return {
        "name": stream.name,
        "messages": info.state.messages,
        "bytes": info.state.bytes,
        "limit": limit if limit > 0 else None,
        # The limit that it has, which is not always the one that is declared.
        "filled": round(info.state.bytes / limit, 3) if limit > 0 else None,
        "discards_oldest": stream.discard == "old",
        "first_sequence": info.state.first_seq,
        "last_sequence": info.state.last_seq,
    }
