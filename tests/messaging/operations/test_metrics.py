"""`/metrics`: one gauge for each figure of the status, with the project's prefix."""

from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from apps.messaging.metrics import recording
from apps.messaging.names import PREFIX
from apps.messaging.operations import metrics

STATE: dict[str, Any] = {
    "workers": [{"name": "washer", "instances": 2, "ready": 1, "paused": 1, "restarts": 3}],
    "streams": [
        {"name": "TEAS", "messages": 40, "bytes": 5, "limit": 10, "filled": 0.5}
        | {"lost": 9, "lost_age": 30.5}
    ],
    "consumers": [
        {"name": "drinker", "pending": 7, "ack_pending": 2, "redelivered": 1, "ahead": 0},
        {"name": "away", "error": "not found"},
    ],
    "queues": [{"name": "cups", "visible": 4, "in_flight": 5}],
    "outbox": {
        "unsent": 6,
        "oldest_age": 1.5,
        "kept": 11,
        "held": [{"transport": "sqs", "destination": "cups", "rows": 6, "oldest_age": 1.5}],
    },
    "dead_letters": {"total": 3, "jetstream": 2, "queue_group": 1},
    "dead_letter_ages": {"jetstream": 12.5},
    "parts": {"pots": {"late": 8}},
    "problems": {"sqs": "no answer"},
}
EMPTY = STATE | {
    "outbox": None,
    "dead_letters": None,
    "dead_letter_ages": {},
    "workers": [],
    "problems": {"database": ""},
}


def exposed(monkeypatch: pytest.MonkeyPatch, state: dict[str, Any]) -> dict[str, float]:
    """Return `name{label}` → value, without the project's prefix."""
    monkeypatch.setattr(metrics, "status", lambda: state)
    monkeypatch.setattr(recording, "exposition", lambda: b"")
    text, content_type = metrics.exposition()
    assert content_type.startswith("text/plain")
    samples = [
        sample
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    ]
    assert all(sample.name.startswith(f"{PREFIX}_") for sample in samples)
    return {
        sample.name.removeprefix(f"{PREFIX}_")
        + "".join(f"{{{v}}}" for v in sample.labels.values()): (sample.value)
        for sample in samples
    }


def test_every_figure_of_the_status_is_a_gauge(monkeypatch: pytest.MonkeyPatch) -> None:
    assert exposed(monkeypatch, STATE) == {
        "worker_instances{washer}": 2,
        "worker_ready{washer}": 1,
        "worker_paused{washer}": 1,
        "worker_restarts{washer}": 3,
        "stream_provisioned{TEAS}": 1,
        "stream_messages{TEAS}": 40,
        "stream_bytes{TEAS}": 5,
        "stream_limit_bytes{TEAS}": 10,
        "stream_filled{TEAS}": 0.5,
        "stream_lost{TEAS}": 9,
        "stream_lost_age_seconds{TEAS}": 30.5,
        "consumer_provisioned{drinker}": 1,
        "consumer_provisioned{away}": 0,
        "consumer_pending{drinker}": 7,
        "consumer_ack_pending{drinker}": 2,
        "consumer_redelivered{drinker}": 1,
        "consumer_ahead{drinker}": 0,
        "queue_visible{cups}": 4,
        "queue_in_flight{cups}": 5,
        "outbox_unsent": 6,
        "outbox_oldest_age_seconds": 1.5,
        "outbox_held{cups}": 6,
        "outbox_kept": 11,
        "dead_letters{jetstream}": 2,
        "dead_letters{queue_group}": 1,
        "dead_letter_age_seconds{jetstream}": 12.5,
        "pots_late": 8,
        "part_answers{database}": 1,
        "part_answers{nats}": 1,
        "part_answers{sqs}": 0,
        "part_answers{losses}": 1,
    }


def test_an_unknown_figure_has_no_gauge(monkeypatch: pytest.MonkeyPatch) -> None:
    known = exposed(monkeypatch, EMPTY)
    assert known["part_answers{database}"] == 0
    assert not [name for name in known if name.startswith(("outbox", "dead_letter", "worker"))]
