"""Our transport beside kombu's own, without a worker; `tests/notifications` runs it in one."""

from collections.abc import Callable
from typing import Any

import pytest
from kombu.transport import SQS

from orders_site.celery.transport import LOOK_EVERY_SECONDS, Channel
from tests.support.celery_on_sqs import celery_on_sqs
from tests.support.moto_server import MotoServer

QUEUE = "celery"
KOMBUS: Any = SQS.Channel


class Later:
    """An event loop that only writes down what it is to call, and after how many seconds."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def call_later(self, seconds: float, call: Callable[..., Any], *args: object) -> None:
        self.seconds.append(seconds)


@pytest.mark.parametrize(
    ("look", "seconds"),
    [(Channel._schedule_queue, LOOK_EVERY_SECONDS), (KOMBUS._schedule_queue, 0.2)],
    ids=["ours", "kombu's"],
)
def test_a_worker_looks_for_a_free_place_often(
    sqs_server: MotoServer, look: Callable[[Channel, str], None], seconds: float
) -> None:
    """Two tasks at a time were ten a second at most, so mails fell behind the orders."""
    with celery_on_sqs() as app, app.connection_for_read() as connection:
        channel: Any = connection.channel()
        channel.hub = hub = Later()
        channel._active_queues.append(QUEUE)
        channel.qos.prefetch_count = 1
        channel.qos._delivered["1"] = "a task that runs"
        look(channel, QUEUE)
        channel.qos._delivered.clear()
    assert hub.seconds == [seconds]
