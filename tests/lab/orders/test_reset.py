"""The reset to the seeded shop."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from pytest_django.fixtures import Settings

from apps.catalog.models import Product
from apps.demo import seed, seed_again
from apps.demo.assortment import PLAY
from apps.demo.history.past_orders import PAST_ORDERS
from apps.lab.consumer import events, jobs, workbenches
from apps.lab.models import Run, Workbench
from apps.lab.orders import reset as reset_module
from apps.lab.orders.reset import is_idle, reset
from apps.lab.queries import faults_on, load_rate
from apps.lab.services import set_load, switch_on
from apps.messaging.brokers import nats_for_threads
from apps.messaging.jobs import job_queue
from apps.messaging.jobs.celery_queue import QUEUE
from tests.messaging.support.dead_letters import bury
from tests.orders.factories import confirm, make_order
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer

WITH_TRAFFIC = {"fulfilment", "lab", "messaging", "notifications", "orders", "sales"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_shop(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    """One category; no worker runs here, so the reset need not wait."""
    monkeypatch.setattr(seed, "SHELVES", (PLAY,))
    monkeypatch.setattr(seed_again, "SHELVES", (PLAY,))
    monkeypatch.setattr(reset_module, "PATIENCE", 0.0)
    monkeypatch.setattr(reset_module, "FORCED", 0.0)
    monkeypatch.setattr(reset_module, "LOOK_EVERY_SECONDS", 0.0)
    monkeypatch.setattr("apps.lab.services.announce_change", lambda: None)
    settings.DEMO_DIR = tmp_path


@pytest.fixture
def brokers(nats_server: NatsServer, sqs_server: MotoServer, settings: Settings) -> None:
    settings.LAB_NATS_URL = nats_server.url
    call_command("provision", verbosity=0)


def rows() -> dict[str, int]:
    """Count the rows of each table, those of the catalogue and of running workers excepted."""
    models = [model for model in apps.get_models() if model._meta.app_label in WITH_TRAFFIC]
    counts = {model._meta.label: model._default_manager.count() for model in models}
    del counts["messaging.WorkerInstance"], counts["lab.Load"]
    return counts


def test_a_reset_removes_what_visitors_have_at_the_brokers(
    brokers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbenches.SWEEPER, "begin", lambda: None)
    bench = workbenches.open_for(uuid.uuid4())
    events.make_durable(bench, subject="orders.>", is_for_new_events=True)
    jobs.make_queue(bench)
    assert reset().problems == ()
    assert not Workbench.objects.exists()
    assert workbenches.durable_of(bench).state() is None
    assert workbenches.queue_of(bench).counts() is None


def test_a_reset_restores_the_seeded_shop(brokers: None) -> None:
    call_command("seed", verbosity=0)
    confirm(make_order())
    bury()
    Run.objects.create(experiment="poison")
    switch_on(point="job.received", action="raise")
    set_load(rate=3)
    Product.objects.filter(sku="ABC").update(stock=1)
    nats_for_threads.call(lambda nc: nc.jetstream().publish("orders.placed", b"{}"), timeout=60)
    job_queue.send_batch([_task()])
    report = reset()
    assert report.problems == ()
    counts = rows()
    # The seed's photos are asked for again, since no worker has made them.
    assert counts.pop("messaging.OutboxMessage") == len(PLAY.items)
    assert set(counts.values()) == {0}
    assert Product.objects.get(sku="ABC").stock == 250
    assert (faults_on(), load_rate()) == ([], 0)


def test_a_reset_empties_the_brokers(brokers: None) -> None:
    nats_for_threads.call(lambda nc: nc.jetstream().publish("orders.placed", b"{}"), timeout=60)
    job_queue.send_batch([_task()])
    assert not is_idle()
    reset()
    assert job_queue.counts(QUEUE) == {"visible": 0, "in_flight": 0}
    assert nats_for_threads.call(_messages, timeout=60) == 0


def test_without_brokers_a_reset_reports_problems() -> None:
    make_order()
    report = reset()
    assert report.problems
    assert rows()["orders.Order"] == 0


def test_a_reset_restores_the_demos_past(settings: Settings) -> None:
    settings.DEMO_HISTORY = True
    make_order()
    reset()
    assert rows()["orders.Order"] == len(PAST_ORDERS)
    reset()
    assert rows()["orders.Order"] == len(PAST_ORDERS)
    assert rows()["messaging.DeadLetter"] == 1


def _task() -> job_queue.OutgoingJob:
    return job_queue.OutgoingJob(queue=QUEUE.name, message_id="1", headers={}, body="{}")


async def _messages(nc: Any) -> int:
    info = await nc.jetstream().stream_info("ORDERS")
    return int(info.state.messages)


def test_a_database_that_does_not_answer_is_not_called_idle(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    silent: dict[str, Any] = {"outbox": None, "consumers": [], "queues": []}
    monkeypatch.setattr(reset_module, "status", lambda: silent)
    assert not is_idle()
