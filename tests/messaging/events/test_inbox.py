import threading
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from apps.messaging.events import inbox
from apps.messaging.models import InboxEntry


@pytest.mark.django_db
def test_the_first_delivery_runs_the_handler() -> None:
    runs: list[int] = []
    assert inbox.handle_once(consumer="c", message_id="m", handler=lambda: runs.append(1))
    assert runs == [1]


@pytest.mark.django_db
def test_a_second_delivery_does_not_run_the_handler() -> None:
    runs: list[int] = []
    for _ in range(2):
        ran = inbox.handle_once(consumer="c", message_id="m", handler=lambda: runs.append(1))
    assert not ran
    assert runs == [1]


@pytest.mark.django_db
def test_each_consumer_handles_the_message_once() -> None:
    runs: list[str] = []
    for consumer in ("a", "b"):
        inbox.handle_once(consumer=consumer, message_id="m", handler=partial(runs.append, consumer))
    assert runs == ["a", "b"]


@pytest.mark.django_db(transaction=True)
def test_a_failed_handler_leaves_no_inbox_entry() -> None:
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


@pytest.mark.django_db
def test_a_message_marked_as_handled_is_a_duplicate() -> None:
    inbox.mark_handled({"m": "pot-1"}, consumer="c")
    assert not inbox.handle_once(consumer="c", message_id="m", handler=lambda: None)
    assert inbox.handle_once(consumer="another", message_id="m", handler=lambda: None)


@pytest.mark.django_db
def test_marking_a_handled_message_again_changes_nothing() -> None:
    inbox.handle_once(consumer="c", message_id="m", key="pot-1", handler=lambda: None)
    inbox.mark_handled({"m": "pot-2", "n": "pot-2"}, consumer="c")
    since = timezone.now() - timedelta(minutes=1)
    assert inbox.handled_since(since, consumer="c") == {"m": "pot-1", "n": "pot-2"}


@pytest.mark.django_db
def test_handled_since_returns_only_messages_after_that_time() -> None:
    inbox.handle_once(consumer="c", message_id="m", handler=lambda: None)
    assert inbox.handled_since(timezone.now() + timedelta(minutes=1), consumer="c") == {}
