"""The state of every hop, for `/api/status`, `/readyz`, `/readyz/all` and `/metrics`."""

from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import DurationField, ExpressionWrapper, F, Sum
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from apps.messaging.brokers import nats_for_threads
from apps.messaging.handling import dead_letters
from apps.messaging.jobs import job_queue
from apps.messaging.jobs.job_queue import JobQueue
from apps.messaging.models import OutboxMessage, WorkerInstance
from apps.messaging.operations import sent_rows
from apps.messaging.operations.jetstream_state import jetstream_state
from apps.messaging.operations.status_warnings import warnings
from apps.messaging.outbox import holds
from apps.messaging.recovery import stream_losses
from apps.messaging.worker import heartbeat
from apps.messaging.worker.bounded_wait import Probe, Results, probe

LOSSES = "losses"
PARTS = ("database", "nats", "sqs", LOSSES)


def status() -> dict[str, Any]:
    """Return the status of all parts, with the fields of `api.Status`.

    `problems` has the reason for each part that is missing.
    `warnings` are about parts that work now, and will soon fail.
    """
    results = _asked(_probes())
    found: dict[str, Any] = {
        "workers": [],
        "outbox": None,
        "dead_letters": None,
        "dead_letter_ages": {},
        "streams": [],
        "consumers": [],
        "parts": {},
    }
    found |= results.answers.get("database", {}) | results.answers.get("nats", {})
    found["queues"] = [
        {"name": name, **results.answers[name]} for name in _queues() if name in results.answers
    ]
    found["problems"] = _problems(results)
    if "database" in results.answers:
        _add_losses(found["streams"], found.pop(LOSSES))
        if unchecked := found.pop("unchecked"):
            found["problems"][LOSSES] = _unchecked(unchecked)
    return found | {"warnings": warnings(found)}


def cannot_serve() -> dict[str, str]:
    """Return the problems that keep this process from showing a page; no other part is asked.

    One row is read, and nothing is counted: a long backlog must not make every `web` unready.
    """
    return _asked({"database": _TABLES}).problems


def not_ready() -> dict[str, str]:
    """Return part → its problem; empty if all parts work."""
    results = _asked(_probes())
    problems = _problems(results)
    if missing := results.answers.get("database", {}).get("missing_workers"):
        problems["workers"] = ", ".join(missing)
    jetstream = [each for part in results.answers.get("nats", {}).values() for each in part]
    if missing := [each["name"] for each in jetstream if "error" in each]:
        problems["nats"] = f"not provisioned: {', '.join(missing)}"
    return problems


def workers() -> list[dict[str, Any]]:
    """Return a row for each declared worker, with the fields of `api.WorkerState`."""
    every = WorkerInstance.objects.annotate(
        step_age=ExpressionWrapper(Now() - F("last_step_at"), output_field=DurationField())
    )
    alive = list(every.filter(heartbeat.seen_lately()))
    restarts = dict(every.values_list("name").annotate(Sum("restarts")))
    return [
        _worker(name, [row for row in alive if row.name == name], restarts.get(name, 0))
        for name in settings.WORKERS
    ]


def _worker(name: str, alive: list[Any], restarts: int) -> dict[str, Any]:
    ages = [row.step_age.total_seconds() for row in alive]
    return {
        "name": name,
        "instances": len(alive),
        "ready": sum(row.is_ready for row in alive),
        "paused": sum(bool(row.pause_reason) for row in alive),
        "pause_reason": max((row.pause_reason for row in alive), default=""),
        "last_step_age": round(max(ages), 1) if ages else None,
        "restarts": restarts,
    }


def outbox() -> dict[str, Any]:
    """Return how many rows wait, the age of the oldest in seconds, and what is kept.

    The age is the figure to alert on.
    `held` counts rows that wait for a single destination, and not for the broker; `kept` counts
    sent ones that are older than a day, and that a durable may not have had: one of `kept_for`.
    """
    waiting = [
        OutboxMessage.objects.filter(transport=name, sent_at=None, dead_at=None)
        for name in OutboxMessage.Transport.values
    ]
    # Only the first row of each transport: to find the oldest of all would read every row.
    heads = [rows.order_by("id").values_list("recorded_at", Now()).first() for rows in waiting]
    age = max(((now - at).total_seconds() for at, now in filter(None, heads)), default=0.0)
    return {
        "unsent": sum(rows.count() for rows in waiting),
        "oldest_age": round(age, 1),
        "held": holds.held_by_destination(),
        "kept": sent_rows.count_kept(),
        "kept_for": sent_rows.kept_for(),
    }


def _add_losses(streams: list[dict[str, Any]], losses: dict[str, dict[str, float]]) -> None:
    """Add to the state of each stream how many events it has `lost`, and the age of that."""
    for state in streams:
        if "error" not in state:
            state.update(losses.get(state["name"], {}))


def _unchecked(streams: list[str]) -> str:
    minutes = stream_losses.STALE.total_seconds() / 60
    return (
        f"not compared with the outbox for {minutes:g} minutes: {', '.join(streams)}"
        " (a task of beat's, which asks NATS as the user of celery)"
    )


def _tables() -> None:
    """Raise if the database does not answer, or has no tables yet; SQLite opens its file for it."""
    WorkerInstance.objects.exists()


def _database() -> dict[str, Any]:
    return {
        "workers": workers(),
        "missing_workers": heartbeat.missing_workers(),
        "outbox": outbox(),
        "dead_letters": dead_letters.count_by_transport(),
        "dead_letter_ages": dead_letters.newest_ages(),
        LOSSES: stream_losses.found(),
        "unchecked": stream_losses.unchecked(),
        # The figures of other apps, each from the module that the setting names.
        "parts": {
            name: import_string(f"{path}.figures")() for name, path in settings.STATUS_PARTS.items()
        },
    }


def _nats() -> dict[str, Any]:
    seconds = settings.LONGEST_TIMES.probe
    state: dict[str, Any] = nats_for_threads.call(jetstream_state, timeout=seconds)
    return state


def _queues() -> dict[str, JobQueue]:
    return {
        each.name: each
        for each in job_queue.declared_queues()
        if each.name not in settings.STATUS_OMITS
    }


@cache
def _probe_of_queue(name: str) -> Probe[dict[str, int]]:
    return Probe(lambda: job_queue.counts(_queues()[name]))


_TABLES, _DATABASE, _NATS = Probe(_tables), Probe(_database), Probe(_nats)


def _probes() -> dict[str, Probe[Any]]:
    queues = {name: _probe_of_queue(name) for name in _queues()}
    return {"database": _DATABASE, "nats": _NATS, **queues}


def _asked(probes: dict[str, Probe[Any]]) -> Results:
    """Ask all parts at once; each has `PROBE_SECONDS`."""
    return probe(probes, within=settings.LONGEST_TIMES.probe)


def _problems(results: Results) -> dict[str, str]:
    """Return them by part; all queues are one."""
    return {
        part if part in ("database", "nats") else "sqs": problem
        for part, problem in results.problems.items()
    }
