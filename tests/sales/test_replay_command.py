"""`manage.py replay sales` on a real nats-server."""

from collections.abc import Iterator
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from nats.aio.client import Client

from apps.messaging.operations.provisioning import provision_jetstream
from apps.orders.events import ORDERS
from apps.sales.models import SalesDay
from tests.messaging.support.brokers import forget, on_nats
from tests.orders.factories import confirm, make_order
from tests.sales.stream import count_live, deliveries, figures, today
from tests.support.nats_server import NatsServer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stream(nats_server: NatsServer) -> Iterator[None]:
    on_nats(nats_server, lambda nc: provision_jetstream(nc, streams=[ORDERS], consumers=[]))
    yield
    forget(nats_server, ORDERS.name)


@pytest.fixture
def sold(nats_server: NatsServer) -> None:
    """Two orders, one of them confirmed; all of it in the stream, and counted live."""
    confirm(make_order())
    make_order()
    store(nats_server)
    count_live()


def store(server: NatsServer) -> None:
    recorded = deliveries()

    async def publish(nc: Client) -> None:
        for each in recorded:
            await nc.jetstream().publish(each.subject, each.body, headers=each.headers)

    on_nats(server, publish)


def run(*words: str) -> str:
    out = StringIO()
    call_command("replay", "sales", *words, stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("sold")
def test_the_command_reports_events_and_days_compared() -> None:
    assert run("--from-sequence", "1").splitlines() == [
        "read ORDERS from sequence 1 to 3: 3 events, 0 duplicates, 0 that are foreign",
        f"whole days in this range: {today()}",
        "no difference",
    ]


@pytest.mark.usefixtures("sold")
def test_a_difference_is_a_table_line_and_stays() -> None:
    SalesDay.objects.update(revenue=Decimal("1000.00"))
    output = run("--from-sequence", "1").splitlines()
    assert [output[2].split(), output[3].split()] == [
        ["DAY", "CURRENCY", "FIGURE", "LIVE", "REPLAYED", "DIFFERENCE"],
        [str(today()), "GBP", "revenue", "1,000.00", "39.96", "-960.04"],
    ]
    assert "--apply" in output[4]
    assert SalesDay.objects.get().revenue == Decimal("1000.00")


@pytest.mark.usefixtures("sold")
def test_apply_removes_the_difference() -> None:
    SalesDay.objects.update(revenue=1000, placed=7)
    assert run("--from-sequence", "1", "--apply").endswith("swapped in\n")
    assert figures()[str(today())]["placed"] == 2
    assert run("--from-sequence", "1").endswith("no difference\n")


@pytest.mark.usefixtures("sold")
def test_events_that_were_stored_twice_are_counted_once(nats_server: NatsServer) -> None:
    store(nats_server)
    output = run("--from-sequence", "1")
    assert "3 events, 3 duplicates" in output
    assert output.endswith("no difference\n")


@pytest.mark.usefixtures("sold")
def test_a_replay_command_skips_a_foreign_message(nats_server: NatsServer) -> None:
    on_nats(nats_server, lambda nc: nc.jetstream().publish("orders.placed", b'{"id": 42}'))
    output = run("--from-sequence", "1")
    assert "1 that are foreign" in output
    assert output.endswith("no difference\n")


@pytest.mark.usefixtures("sold")
def test_a_range_that_starts_midday_skips_that_day() -> None:
    SalesDay.objects.update(revenue=1000)
    output = run("--from-sequence", "3", "--apply")
    assert "whole days in this range: none" in output
    assert f"the range has only a part: {today()}" in output
    assert output.endswith("nothing to compare\n")
    assert figures()[str(today())]["revenue"] == 1000


@pytest.mark.usefixtures("sold")
def test_a_since_day_begins_at_its_midnight() -> None:
    assert f"whole days in this range: {today()}" in run("--since", str(today()))


def test_the_command_reports_an_empty_range() -> None:
    with pytest.raises(CommandError, match="ORDERS holds nothing in this range"):
        run("--from-sequence", "1")


@pytest.mark.parametrize(
    "words", [[], ["--from-sequence", "1", "--since", "2026-01-01"], ["--since", "never"]]
)
def test_the_command_requires_a_start(words: list[str]) -> None:
    with pytest.raises(CommandError):
        run(*words)


def test_a_missing_stream_is_reported_in_one_line(nats_server: NatsServer) -> None:
    forget(nats_server, ORDERS.name)
    with pytest.raises(CommandError, match="stream not found"):
        run("--from-sequence", "1")
    on_nats(nats_server, lambda nc: provision_jetstream(nc, streams=[ORDERS], consumers=[]))
