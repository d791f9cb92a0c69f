"""The state of every hop, for `/api/status`, `/readyz` and `/metrics`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min
from django.utils import timezone
from django.utils.module_loading import import_string
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from apps.messaging import background_loop, dead_letters, job_queue, liveness, stream_losses
from apps.messaging.errors import BrokerAway
from apps.messaging.models import OutboxMessage, WorkerInstance
from apps.messaging.streams import Consumer, Stream, declared_consumers, declared_streams

TIMEOUT = 2.0


def status() -> dict[str, Any]:
    """Return all of it; a broker that is away is an `error` in its part, never an exception."""
    jetstream = _unless_away(lambda: background_loop.call(_jetstream, timeout=TIMEOUT))
    streams = jetstream.get("streams", [])
    stream_losses.add_losses(streams, declared=declared_streams())
    return {
        "workers": workers(),
        "streams": streams,
        "consumers": jetstream.get("consumers", []),
        "queues": _unless_away(lambda: {"queues": queues()}).get("queues", []),
        "outbox": outbox(),
        "dead_letters": dead_letters.count_by_transport(),
        "parts": {name: import_string(path)() for name, path in settings.STATUS_PARTS.items()},
    }


def workers() -> list[dict[str, Any]]:
    """Return each declared worker: instances seen lately, the laggard's step age, restarts."""
    now = timezone.now()
    rows = list(WorkerInstance.objects.all())
    return [
        _worker(name, [row for row in rows if row.name == name], now) for name in settings.WORKERS
    ]


def _worker(name: str, rows: list[WorkerInstance], now: datetime) -> dict[str, Any]:
    alive = [row for row in rows if now - row.seen_at < liveness.STALE_AFTER]
    ages = [(now - row.last_step_at).total_seconds() for row in alive]
    return {
        "name": name,
        "instances": len(alive),
        "ready": sum(row.is_ready for row in alive),
        "last_step_age": round(max(ages), 1) if ages else None,
        "restarts": sum(row.restarts for row in rows),
    }


def outbox() -> dict[str, Any]:
    """Return how many rows wait, and the oldest one's age in seconds: the figure to alert on."""
    waiting = OutboxMessage.objects.filter(sent_at=None, dead_at=None).aggregate(
        unsent=Count("id"), oldest=Min("recorded_at")
    )
    age = (timezone.now() - waiting["oldest"]).total_seconds() if waiting["oldest"] else 0.0
    return {"unsent": waiting["unsent"], "oldest_age": round(age, 1)}


def queues() -> list[dict[str, Any]]:
    """Raises `BrokerAway`."""
    declared = [import_string(path) for path in settings.MESSAGING_QUEUES]
    counted = [queue for queue in declared if queue.name not in settings.STATUS_OMITS]
    return [{"name": queue.name, **job_queue.counts(queue)} for queue in counted]


async def _jetstream(nc: Client) -> dict[str, Any]:
    manager = nc.jetstream(timeout=TIMEOUT)
    # In this order: what a consumer was given by now its stream has to hold after that.
    consumers = [await _consumer(manager, each) for each in _counted_consumers()]
    streams = [await _stream(manager, each.name) for each in _counted_streams()]
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
    }


async def _stream(manager: JetStreamContext, name: str) -> dict[str, Any]:
    try:
        info = await manager.stream_info(name)
    except NotFoundError:
        return {"name": name, "error": "not provisioned"}
    return {
        "name": name,
        "messages": info.state.messages,
        "bytes": info.state.bytes,
        "first_sequence": info.state.first_seq,
        "last_sequence": info.state.last_seq,
        "made_at": info.created.isoformat() if info.created else "",
    }


def not_ready() -> dict[str, str]:
    """Return what keeps the shop from working, by part; empty when all is well."""
    checks: dict[str, Callable[[], str]] = {
        "database": _database,
        "nats": _nats,
        "sqs": _sqs,
        "workers": lambda: ", ".join(liveness.missing_workers()),
    }
    problems: dict[str, str] = {}
    for part, check in checks.items():
        try:
            problem = check()
        except Exception as error:  # Whatever it is, it is the answer to the question.
            problem = str(error) or type(error).__name__
        if problem:
            problems[part] = problem
    return problems


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _nats() -> str:
    info = background_loop.call(_jetstream, timeout=TIMEOUT)
    missing = [each["name"] for part in info.values() for each in part if "error" in each]
    return f"not provisioned: {', '.join(missing)}" if missing else ""


def _sqs() -> str:
    queues()
    return ""


def _unless_away(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return ask()
    except BrokerAway:
        return {}
