"""SIGTERM during work: every process finishes its running work and exits 0."""

import pytest
from django.conf import settings
from nats.aio.client import Client
from pytest_django.fixtures import Settings

from apps.demo.supervisor.ports import is_served
from apps.messaging.events.streams import declared_consumers
from apps.messaging.jobs import job_queue
from apps.messaging.jobs.celery_queue import QUEUE as MAIL_QUEUE
from apps.messaging.jobs.job_queue import counts
from apps.messaging.jobs.receipts import receive
from apps.messaging.models import DeadLetter, InboxEntry, WorkerInstance
from apps.notifications.models import Mail
from apps.notifications.tasks import LONGEST_RETRY_SECONDS, send_mail
from tests.catalog.products import make_product
from tests.failures.conftest import provision
from tests.failures.processes import ForkServer
from tests.failures.promises import STOCK, until_handled
from tests.messaging.support.brokers import on_nats
from tests.messaging.support.jobs import is_empty
from tests.notifications.celery_processes import mails_in
from tests.notifications.mails import make_mail
from tests.orders.factories import make_order
from tests.support.nats_server import NatsServer
from tests.support.waiting import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queues")]

ORDERS = 30


def test_every_process_stops_at_once_and_nothing_is_redelivered(
    fork_server: ForkServer, orders_stream: NatsServer
) -> None:
    provision(orders_stream)  # With the shop's own patience for acks.
    make_product(stock=STOCK)
    processes = [fork_server.start(name) for name in [*settings.WORKERS, "web"]]
    ready = WorkerInstance.objects.filter(is_ready=True)
    eventually(lambda: ready.count() == len(settings.WORKERS), within=30, what="all are ready")
    eventually(lambda: is_served([fork_server.web_port]))
    for _ in range(ORDERS):
        make_order()
    until_handled("fulfilment", 5)
    for process in processes:
        process.terminate()
    assert {process.name: process.end() for process in processes} == dict.fromkeys(
        [*settings.WORKERS, "web"], 0
    )
    assert [each.name for each in processes if "Traceback" in each.said()] == []
    assert acked_and_sent_again(orders_stream) == {
        each.durable: (InboxEntry.objects.filter(consumer=each.durable).count(), 0)
        for each in declared_consumers()
    }
    assert not WorkerInstance.objects.exists()


@pytest.mark.one_database
def test_a_celery_worker_that_stops_sends_each_waiting_mail_once(
    fork_server: ForkServer, settings: Settings
) -> None:
    """It finishes what it runs; what it has received besides comes again after the timeout."""
    settings.SQS_VISIBILITY_TIMEOUT = 3
    job_queue.provision(MAIL_QUEUE)
    mails = [make_mail() for _ in range(20)]
    for mail in mails:
        send_mail.delay(mail.id)
    stopping = fork_server.start("celery", broken="mail.claimed=delay:seconds=1")
    eventually(Mail.objects.filter(claimed_until__isnull=False).exists, what="a task runs")
    stopping.terminate()
    assert stopping.end() == 0
    sent = Mail.objects.filter(state=Mail.State.SENT)
    finished = sent.count()
    assert 0 < finished < len(mails)
    assert not Mail.objects.filter(state=Mail.State.DUE, claimed_until__isnull=False).exists()
    fork_server.start("celery")
    eventually(lambda: sent.count() == len(mails), what="the waiting mails are sent")
    eventually(lambda: is_empty(MAIL_QUEUE), what="no task is left")
    keys = sorted(mail.key for mail in mails)
    ours = [key for key in mails_in(fork_server.folder / "mail") if key in keys]
    assert sorted(ours) == keys
    assert not DeadLetter.objects.exists()


@pytest.mark.one_database
def test_a_stop_uses_one_receive_of_a_task_that_waits(fork_server: ForkServer) -> None:
    """As a retry of a mail, a task with a countdown waits in the worker that has received it."""
    job_queue.provision(MAIL_QUEUE)
    send_mail.apply_async((make_mail().id,), countdown=LONGEST_RETRY_SECONDS)
    worker = fork_server.start("celery")
    eventually(lambda: counts(MAIL_QUEUE)["in_flight"] == 1, what="the worker has it")
    worker.terminate()
    assert worker.end() == 0
    (task,) = eventually(lambda: receive(MAIL_QUEUE.name, at_most=1, wait_seconds=1))
    assert task.attempt == 2
    assert MAIL_QUEUE.max_receive_count == 5, "as docs/traps.md says"


def acked_and_sent_again(server: NatsServer) -> dict[str, tuple[int, int]]:
    """Return durable → how many deliveries were acked, and how many it has sent again.

    An event that the server sends while a consumer leaves may reach no process: it is not acked,
    and was not handled. What a consumer has handled is acked.
    """

    async def ask(nc: Client) -> dict[str, tuple[int, int]]:
        found = {}
        for each in declared_consumers():
            info = await nc.jetstream().consumer_info(each.stream.name, each.durable)
            sent = info.delivered.consumer_seq if info.delivered else 0
            found[each.durable] = (sent - (info.num_ack_pending or 0), info.num_redelivered or 0)
        return found

    return on_nats(server, ask)
