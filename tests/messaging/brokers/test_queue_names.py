"""Two shops in one SQS account, separated by `QUEUE_PREFIX`: neither gets the other's jobs."""

from collections.abc import Callable

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.brokers.sqs import client, queue_url
from apps.messaging.jobs import job_queue
from apps.messaging.jobs.receipts import change_visibility, receive
from apps.messaging.models import DeadLetter
from apps.messaging.operations import purging
from apps.messaging.recovery import collector
from tests.messaging.support.jobs import CUPS, send
from tests.support.moto_server import MotoServer


@pytest.fixture
def be(sqs_server: MotoServer, settings: Settings) -> Callable[[str], None]:
    """Make this process one of the two shops."""

    def be(shop: str) -> None:
        settings.QUEUE_PREFIX = f"{shop}-"

    for shop in ("shop-a", "shop-b"):
        be(shop)
        job_queue.provision(CUPS)
    return be


def test_queue_names_carry_the_prefix_of_their_shop(be: Callable[[str], None]) -> None:
    names = {url.rpartition("/")[2] for url in client().list_queues()["QueueUrls"]}
    assert names == {"shop-a-cups", "shop-a-cups-dlq", "shop-b-cups", "shop-b-cups-dlq"}


def test_a_job_is_received_by_its_own_shop_only(be: Callable[[str], None]) -> None:
    be("shop-a")
    send(*['{"cup": 1}'] * 10)
    be("shop-b")
    assert receive(CUPS.name, at_most=10, wait_seconds=1) == []
    assert purging.drain(CUPS) == 0
    be("shop-a")
    jobs = receive(CUPS.name, at_most=10, wait_seconds=1)
    assert [job.queue for job in jobs] == ["cups"] * 10  # The shop knows it by its own name.


@pytest.mark.django_db
def test_a_dead_letter_is_reported_in_its_own_shop_only(be: Callable[[str], None]) -> None:
    be("shop-a")
    send(*['{"cup": 1}'] * 10)
    for _ in range(CUPS.max_receive_count):
        change_visibility(receive(CUPS.name, at_most=10, wait_seconds=1), seconds=0)
    assert receive(CUPS.name, at_most=10, wait_seconds=0) == []
    be("shop-b")
    collector._take_in(CUPS)
    assert not DeadLetter.objects.exists()
    be("shop-a")
    collector._take_in(CUPS)
    assert DeadLetter.objects.filter(destination="cups").count() == 10


def test_a_cached_queue_url_is_not_used_for_another_prefix(
    be: Callable[[str], None],
) -> None:
    be("shop-a")
    assert queue_url(CUPS.name).endswith("/shop-a-cups")
    be("shop-b")
    assert queue_url(CUPS.name).endswith("/shop-b-cups")
