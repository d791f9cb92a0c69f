"""The warnings of the status, and the fill of a real stream that it reports."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from apps.messaging.names import PREFIX
from apps.messaging.operations.status_warnings import warnings
from tests.messaging.support.brokers import forget, on_nats, publish_raw
from tests.messaging.support.events import TEAS
from tests.support.nats_server import NatsServer

SMALL = replace(TEAS, max_bytes=10_000)
NEWEST = replace(SMALL, discard="old")
STREAM: dict[str, Any] = {"name": "TEAS", "filled": 0.2, "discards_oldest": False, "lost": 0}


def warned(
    *,
    outbox: dict[str, Any] | None = None,
    late: int = 0,
    paused: bool = False,
    **stream: Any,
) -> list[str]:
    report: dict[str, Any] = {
        "streams": [STREAM | stream],
        "consumers": [
            {"name": "drinker", "stream": "TEAS", "paused": paused},
            {"name": "washer", "error": "not provisioned"},
        ],
        "outbox": outbox,
        "parts": {"orders": {"late": late, "placed": 7}},
    }
    return warnings(report)


def test_a_healthy_system_has_no_warnings() -> None:
    assert warned(outbox={"held": [], "kept": 0, "kept_for": []}) == []


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"filled": 0.7}, "TEAS is 70% full"),
        ({"lost": 3}, "TEAS has lost 3 events: manage.py outbox resend --missing"),
        ({"late": 2}, "2 orders wait for too long"),
        ({"paused": True}, "drinker is paused at the server"),
        (
            {"outbox": {"held": [{"destination": "teas.brewed", "rows": 5}], "kept": 0}},
            "teas.brewed accepts no message, 5 rows wait: manage.py outbox list",
        ),
        (
            {"outbox": {"held": [], "kept": 1200, "kept_for": ["drinker", "washer"]}},
            "1,200 events of more than a day ago are kept for drinker, washer",
        ),
    ],
    ids=["full", "lost", "late", "paused", "held", "kept"],
)
def test_each_warning_is_one_line_that_names_the_remedy(state: dict[str, Any], words: str) -> None:
    (line,) = warned(**state)
    assert words in line


@pytest.mark.parametrize("state", [{"filled": 0.69}, {"filled": 1.0, "discards_oldest": True}])
def test_a_stream_that_accepts_events_is_no_warning(state: dict[str, Any]) -> None:
    assert warned(**state) == []


@pytest.fixture(params=[SMALL, NEWEST])
def stream(
    request: pytest.FixtureRequest, nats_server: NatsServer, settings: Settings
) -> Iterator[bool]:
    settings.MESSAGING_STREAMS = [f"{__name__}.{'SMALL' if request.param is SMALL else 'NEWEST'}"]
    settings.MESSAGING_CONSUMERS = settings.MESSAGING_QUEUES = []
    on_nats(nats_server, lambda nc: nc.jetstream().add_stream(request.param.config()))
    yield request.param is SMALL
    forget(nats_server)


@pytest.mark.django_db(transaction=True)
def test_the_fill_of_a_real_stream_is_reported(
    client: Client, nats_server: NatsServer, stream: bool
) -> None:
    publish_raw(nats_server, b"x" * 8_000)
    report = client.get("/api/status").json()
    assert 0.8 < report["streams"][0]["filled"] < 0.9
    assert any("full" in line for line in report["warnings"]) == stream
    figures = client.get("/metrics").content.decode()
    assert f'{PREFIX}_stream_filled{{name="TEAS"}} 0.8' in figures
