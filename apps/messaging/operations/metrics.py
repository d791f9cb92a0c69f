"""`/metrics`: the status as Prometheus gauges, read from the tables and brokers when scraped."""

from collections.abc import Iterable
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from apps.messaging.operations.status import PARTS, status

# metric → its help, the part of the status, the label, the field
_GAUGES = {
    "shop_worker_instances": ("Instances seen lately", "workers", "name", "instances"),
    "shop_worker_paused": ("Paused: events fail alike", "workers", "name", "paused"),
    "shop_worker_restarts": ("Starts after a death", "workers", "name", "restarts"),
    "shop_stream_messages": ("Messages in the stream", "streams", "name", "messages"),
    "shop_stream_filled": ("Part of its bytes, of 1", "streams", "name", "filled"),
    "shop_stream_lost": ("Sent, and not there any more", "streams", "name", "lost"),
    "shop_consumer_ahead": ("Given, and not in the stream", "consumers", "name", "ahead"),
    "shop_consumer_pending": ("Not yet delivered", "consumers", "name", "pending"),
    "shop_consumer_ack_pending": ("Delivered, not acked", "consumers", "name", "ack_pending"),
    "shop_consumer_redelivered": ("Delivered again", "consumers", "name", "redelivered"),
    "shop_queue_visible": ("Jobs that wait", "queues", "name", "visible"),
    "shop_queue_in_flight": ("Jobs in work", "queues", "name", "in_flight"),
}


class _StatusCollector(Collector):
    def __init__(self, state: dict[str, Any]) -> None:
        self._state = state

    def collect(self) -> Iterable[Metric]:
        for metric, (text, part, label, field) in _GAUGES.items():
            gauge = GaugeMetricFamily(metric, text, labels=[label])
            for row in self._state[part]:
                if row.get(field) is not None:
                    gauge.add_metric([row[label]], row[field])
            yield gauge
        if outbox := self._state["outbox"]:
            yield GaugeMetricFamily("shop_outbox_unsent", "Rows to be sent", outbox["unsent"])
            yield GaugeMetricFamily(
                "shop_outbox_oldest_age_seconds", "Age of the oldest", outbox["oldest_age"]
            )
            yield self._held(outbox["held"])
        for part, figures in self._state["parts"].items():
            for name, value in figures.items():
                yield GaugeMetricFamily(f"shop_{part}_{name}", f"{part}: {name}", value)
        yield self._dead_letters()
        yield self._answering()

    def _held(self, destinations: list[dict[str, Any]]) -> Metric:
        held = GaugeMetricFamily(
            "shop_outbox_held", "Rows of a destination that takes nothing", labels=["destination"]
        )
        for each in destinations:
            held.add_metric([each["destination"]], each["rows"])
        return held

    def _dead_letters(self) -> Metric:
        dead = GaugeMetricFamily("shop_dead_letters", "Given up on", labels=["transport"])
        for transport, count in (self._state["dead_letters"] or {}).items():
            if transport != "total":
                dead.add_metric([transport], count)
        return dead

    def _answering(self) -> Metric:
        """A part that does not answer has no other figures here: their absence needs a word."""
        answering = GaugeMetricFamily("shop_part_answers", "1, or 0: no answer", labels=["part"])
        for part in PARTS:
            answering.add_metric([part], part not in self._state["problems"])
        return answering


def exposition() -> tuple[bytes, str]:
    """Return the text and its content type."""
    registry = CollectorRegistry()
    registry.register(_StatusCollector(status()))
    return generate_latest(registry), CONTENT_TYPE_LATEST
