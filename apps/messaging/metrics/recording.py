"""Every histogram and counter of this process: base units, and labels of few values."""

import os

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from apps.messaging.hooks import measuring
from apps.messaging.names import PREFIX

# A third of the text, which no rule reads.
disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()

_WORK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_WAITS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600)


def _times(name: str, text: str, *labels: str) -> Histogram:
    full = f"{PREFIX}_{name}_seconds"
    return Histogram(full, text, labels, buckets=_WORK, registry=REGISTRY)


def _waits(name: str, text: str, *labels: str) -> Histogram:
    full = f"{PREFIX}_{name}_seconds"
    return Histogram(full, text, labels, buckets=_WAITS, registry=REGISTRY)


def _counts(name: str, text: str, *labels: str) -> Counter:
    return Counter(f"{PREFIX}_{name}_total", text, labels, registry=REGISTRY)


FIGURES: dict[str, Histogram | Counter] = {
    "http": _times("http_request_duration", "Requests that reached Django", "route", "status"),
    "http_rejected": _counts("http_rejected", "Requests that did not reach Django", "status"),
    "outbox_wait": _waits("outbox_wait", "From recording to the broker's ack", "transport"),
    "publish": _times("outbox_publish_duration", "Publishing one batch", "transport"),
    "published": _counts("outbox_rows", "Rows by what the broker said", "transport", "outcome"),
    "lag": _waits("consumer_lag", "From the stream to a first delivery", "consumer"),
    "job_age": _waits("queue_age", "From SQS to a first receipt", "queue"),
    "handler": _times("handler_duration", "A call that handles messages", "handler"),
    "mail": _times("mail_duration", "A conversation with the mail server"),
    "redeliveries": _counts("redeliveries", "Deliveries after the first", "consumer"),
    "duplicates": _counts("duplicates", "Events skipped as known", "consumer"),
    "retries": _counts("retries", "Failed attempts that will be repeated", "consumer"),
    "buried": _counts("buried", "Messages given up", "transport", "consumer", "cause"),
}
"""The name in the code → the figure. Routes, consumers and handlers are ours, so they are few."""

_begun_in = 0


def begin() -> bool:
    """Record in this process from now on; return whether it did not before.

    A process that only forks others must not begin: they would all count what it has counted.
    """
    global _begun_in
    if _begun_in == os.getpid():
        return False
    _begun_in = os.getpid()
    measuring.record_with(record)
    return True


def record(figure: str, labels: tuple[str, ...], number: float) -> None:
    """Add seconds to a histogram, or a number to a counter."""
    family = FIGURES[figure]
    each = family.labels(*labels) if labels else family
    if isinstance(each, Histogram):
        each.observe(max(number, 0.0))  # Two machines' clocks may differ.
    else:
        each.inc(number)


def exposition() -> bytes:
    """Return all figures in Prometheus's text format."""
    return generate_latest(REGISTRY)
