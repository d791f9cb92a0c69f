"""`manage.py doctor` as users of `deploy/nats.conf`: `web` may look at all, a worker may not."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.finding import Finding
from apps.messaging.operations import examined_nats
from tests.deploy.nats_users import inbox_of, shop_nats, url_of
from tests.support.waiting import crowding


@pytest.fixture(autouse=True)
def only_the_orders(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MESSAGING_STREAMS = ["apps.orders.events.ORDERS"]
    settings.MESSAGING_CONSUMERS = []
    monkeypatch.setattr(examined_nats, "STEP_SECONDS", 3.0 * crowding())


def found_as(user: str, folder: Path, settings: Settings) -> dict[str, Finding]:
    """Examine a server without any stream."""
    with shop_nats(folder) as server:
        settings.NATS_URL = url_of(server, user)
        settings.NATS_INBOX_PREFIX = inbox_of(user)
        return {each.name: each for each in examined_nats.findings()}


def test_a_user_who_may_not_ask_is_no_fault_of_the_streams(
    tmp_path: Path, settings: Settings
) -> None:
    """NATS does not answer at all, as if it hung."""
    found = found_as("order_listener", tmp_path, settings)
    assert found["nats"].state == "ok"
    assert found["jetstream"].state == "warning"
    assert "gets no answer about stream ORDERS" in found["jetstream"].seen


def test_web_may_look_at_everything(tmp_path: Path, settings: Settings) -> None:
    found = found_as("web", tmp_path, settings)
    assert found["stream ORDERS"].seen == "is missing"
    assert "jetstream" not in found
