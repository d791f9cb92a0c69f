import threading
from functools import partial

import pytest
from django.db import connection

from apps.messaging import inbox
from apps.messaging.models import InboxEntry


@pytest.mark.django_db
def test_the_first_delivery_runs_the_handler() -> None:
    runs: list[int] = []
    assert inbox.handle_once(consumer="c", message_id="m", handler=lambda: runs.append(1))
    assert runs == [1]


@pytest.mark.django_db
def test_a_second_delivery_does_not() -> None:
    runs: list[int] = []
    for _ in range(2):
        ran = inbox.handle_once(consumer="c", message_id="m", handler=lambda: runs.append(1))
    assert not ran
    assert runs == [1]


@pytest.mark.django_db
def test_each_consumer_handles_the_message() -> None:
    runs: list[str] = []
    for consumer in ("a", "b"):
        inbox.handle_once(consumer=consumer, message_id="m", handler=partial(runs.append, consumer))
    assert runs == ["a", "b"]


@pytest.mark.django_db(transaction=True)
def test_a_failed_handler_leaves_no_entry_behind() -> None:
    def fail() -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        inbox.handle_once(consumer="c", message_id="m", handler=fail)
    assert not InboxEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_parallel_deliveries_run_the_handler_once() -> None:
    runs: list[bool] = []
    start = threading.Barrier(8)

    def deliver() -> None:
        start.wait()
        runs.append(inbox.handle_once(consumer="c", message_id="m", handler=lambda: None))
        connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(runs) == [False] * 7 + [True]
