"""`/metrics` of `web`: the status as gauges, read from the tables and brokers when scraped."""

from collections.abc import Iterable, Mapping
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from apps.messaging.metrics import recording
from apps.messaging.names import PREFIX
from apps.messaging.operations.status import PARTS, status

# metric, without the project's prefix → its help, the part of the status, the label, the field
_GAUGES = {
    "worker_instances": ("Instances seen lately", "workers", "name", "instances"),
    "worker_ready": ("Instances that take work", "workers", "name", "ready"),
    "worker_paused": ("Paused: events fail alike", "workers", "name", "paused"),
    "worker_restarts": ("Starts after a death", "workers", "name", "restarts"),
    "stream_messages": ("Messages in the stream", "streams", "name", "messages"),
    "stream_bytes": ("Bytes in the stream", "streams", "name", "bytes"),
    "stream_limit_bytes": ("Bytes that it may have", "streams", "name", "limit"),
    "stream_filled": ("Part of its bytes, of 1", "streams", "name", "filled"),
    "stream_lost": ("Sent, and not there any more", "streams", "name", "lost"),
    "stream_lost_age_seconds": ("Age of that number", "streams", "name", "lost_age"),
    "consumer_ahead": ("Given, and not in the stream", "consumers", "name", "ahead"),
    "consumer_pending": ("Not yet delivered", "consumers", "name", "pending"),
    "consumer_ack_pending": ("Delivered, not acked", "consumers", "name", "ack_pending"),
    "consumer_redelivered": ("Delivered again", "consumers", "name", "redelivered"),
    "queue_visible": ("Jobs that wait", "queues", "name", "visible"),
    "queue_in_flight": ("Jobs in work", "queues", "name", "in_flight"),
}


class _StatusCollector(Collector):
    def __init__(self, state: dict[str, Any]) -> None:
        self._state = state

    def collect(self) -> Iterable[Metric]:
        for metric, (text, part, label, field) in _GAUGES.items():
            rows = [row for row in self._state[part] if row.get(field) is not None]
            yield _labelled(metric, text, label, {row[label]: row[field] for row in rows})
        # One that is not provisioned has no other figures here either.
        for part, kind in (("streams", "stream"), ("consumers", "consumer")):
            there = {row["name"]: "error" not in row for row in self._state[part]}
            yield _labelled(f"{kind}_provisioned", "1, or 0: not there", "name", there)
        if outbox := self._state["outbox"]:
            yield _gauge("outbox_unsent", "Rows to be sent", outbox["unsent"])
            yield _gauge("outbox_oldest_age_seconds", "Age of the oldest", outbox["oldest_age"])
            held = {each["destination"]: each["rows"] for each in outbox["held"]}
            text = "Rows of a destination that accepts no message"
            yield _labelled("outbox_held", text, "destination", held)
            yield _gauge("outbox_kept", "Sent a day ago, not had by each durable", outbox["kept"])
        for part, figures in self._state["parts"].items():
            for name, value in figures.items():
                yield _gauge(f"{part}_{name}", f"{part}: {name}", value)
        letters = dict(self._state["dead_letters"] or {})
        letters.pop("total", None)
        yield _labelled("dead_letters", "Given up on", "transport", letters)
        ages = self._state["dead_letter_ages"]
        yield _labelled("dead_letter_age_seconds", "Age of the newest", "transport", ages)
        # A part that does not answer has no other figures here: their absence needs a word.
        answers = {part: part not in self._state["problems"] for part in PARTS}
        yield _labelled("part_answers", "1, or 0: no answer", "part", answers)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{PREFIX}_{name}", text, value)


def _labelled(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    """Return a gauge with a value for each label's value."""
    gauge = GaugeMetricFamily(f"{PREFIX}_{name}", text, labels=[label])
    for each, value in values.items():
        gauge.add_metric([each], value)
    return gauge


def exposition() -> tuple[bytes, str]:
    """Return the text and its content type: the status, then what this process has measured."""
    registry = CollectorRegistry()
    registry.register(_StatusCollector(status()))
    return generate_latest(registry) + recording.exposition(), CONTENT_TYPE_LATEST
