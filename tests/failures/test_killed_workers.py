"""Workers are killed at their worst moments; in the end every effect has happened once."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.images.jobs import QUEUE as RESIZE_QUEUE
from apps.images.models import Photo
from apps.messaging.hooks.faults import EXIT_CODE
from apps.messaging.jobs.celery_queue import QUEUE as MAIL_QUEUE
from apps.messaging.jobs.job_queue import provision
from apps.messaging.models import DeadLetter
from apps.notifications.models import Mail
from apps.notifications.tasks import OVERDUE, reconcile, send_mail
from apps.orders.models import Order
from tests.catalog.products import make_product
from tests.failures.processes import ForkServer
from tests.failures.promises import (
    STOCK,
    check_all_confirmed_once,
    until_all_have_ended,
    until_all_is_sent,
    until_handled,
)
from tests.images.drawn import make_photo
from tests.messaging.support.jobs import is_empty
from tests.messaging.support.rows import let_leases_expire
from tests.notifications.celery_processes import mails_in
from tests.notifications.mails import make_mail
from tests.orders.factories import make_order
from tests.support.nats_server import NatsServer
from tests.support.waiting import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queues")]

WAY_OF_AN_ORDER = (
    "outbox_relay",
    "fulfilment_consumer",
    "sales_consumer",
    "notification_consumer",
    "celery",
)
POINTS = [
    ("outbox_relay", "relay.claimed"),
    ("outbox_relay", "relay.published"),
    ("outbox_relay", "relay.marked"),
    ("fulfilment_consumer", "outbox.recorded"),
    *[
        (consumer, f"consumer.{point}")
        for consumer in WAY_OF_AN_ORDER[1:4]
        for point in ("fetched", "handled", "committed")
    ],
    ("notification_consumer", "mail.due"),
    ("celery", "mail.claimed"),
]


@pytest.fixture
def orders() -> list[Order]:
    make_product(stock=STOCK)
    return [make_order() for _ in range(5)]


def dies(fork_server: ForkServer, name: str, point: str) -> None:
    """Start it, and let it end at that point without cleaning up."""
    assert fork_server.start(name, broken=f"{point}=exit").end() == EXIT_CODE
    let_leases_expire()
    if name == "celery":  # Twenty seconds later; now, while no other may be at it.
        Mail.objects.update(claimed_until=None)


def until_all_is_mailed(orders: list[Order]) -> None:
    """As two minutes later: overdue mails are enqueued again, as beat does it."""
    until_handled("notification", len(orders))
    until_handled("sales", 2 * len(orders))
    until_all_is_sent()
    long_ago = timezone.now() - OVERDUE - timedelta(seconds=1)
    due = Mail.objects.filter(state=Mail.State.DUE)
    due.update(due_at=long_ago)
    reconcile()
    eventually(lambda: not due.exists(), within=15, what=lambda: f"not sent: {list(due.values())}")


def test_killed_workers_lose_and_duplicate_nothing(
    fork_server: ForkServer, orders_stream: NatsServer, orders: list[Order]
) -> None:
    dies(fork_server, "outbox_relay", "relay.published")
    relay = fork_server.start("outbox_relay")
    until_all_is_sent()
    relay.kill()
    dies(fork_server, "fulfilment_consumer", "consumer.handled")
    dies(fork_server, "sales_consumer", "consumer.committed")
    for name in ("fulfilment_consumer", "sales_consumer"):
        fork_server.start(name)
    until_all_have_ended()
    dies(fork_server, "outbox_relay", "relay.published")
    fork_server.start("outbox_relay")
    dies(fork_server, "notification_consumer", "mail.due")
    fork_server.start("notification_consumer")
    until_handled("notification", len(orders))
    dies(fork_server, "celery", "mail.claimed")
    fork_server.start("celery")
    until_all_is_mailed(orders)
    check_all_confirmed_once(orders, server=orders_stream, mail_folder=fork_server.folder / "mail")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "point"), POINTS)
def test_a_worker_killed_at_any_point_loses_nothing(
    fork_server: ForkServer, orders_stream: NatsServer, orders: list[Order], name: str, point: str
) -> None:
    for other in WAY_OF_AN_ORDER:
        if other != name:
            fork_server.start(other)
    dies(fork_server, name, f"{point}")
    fork_server.start(name)
    until_all_have_ended()
    until_all_is_mailed(orders)
    check_all_confirmed_once(orders, server=orders_stream, mail_folder=fork_server.folder / "mail")


def test_a_task_of_a_killed_worker_is_redelivered(
    fork_server: ForkServer, settings: Settings
) -> None:
    settings.SQS_VISIBILITY_TIMEOUT = 2
    provision(MAIL_QUEUE)
    mail = make_mail()
    send_mail.delay(mail.id)
    dies(fork_server, "celery", "mail.claimed")
    fork_server.start("celery")
    sent = Mail.objects.filter(state=Mail.State.SENT)
    eventually(sent.exists, within=15, what="it is sent without another task")
    assert mails_in(fork_server.folder / "mail").count(mail.key) == 1


@pytest.mark.parametrize(
    "point",
    [
        "job.handled",
        *(pytest.param(each, marks=pytest.mark.slow) for each in ("job.received", "job.deleting")),
    ],
)
def test_a_resizer_killed_during_a_job_loses_no_photo(
    fork_server: ForkServer, orders_stream: NatsServer, point: str
) -> None:
    photo = make_photo()
    fork_server.start("outbox_relay")
    dies(fork_server, "image_resizer", point)
    fork_server.start("image_resizer")
    ready = Photo.objects.filter(id=photo.id, status=Photo.Status.READY)
    eventually(ready.exists, what="the photo is ready")
    eventually(lambda: is_empty(RESIZE_QUEUE), what="the job is deleted")
    assert not DeadLetter.objects.exists()
