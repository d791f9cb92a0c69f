import hashlib
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.messaging.events import inbox
from apps.messaging.message import MAX_ID_LENGTH, SOURCE, Envelope
from apps.messaging.message_at import MessageAt
from apps.messaging.models import InboxEntry

ONE = MessageAt("c", "m")


def is_new(message: MessageAt, *, key: str = "") -> bool:
    with inbox.entered(message, key=key) as found:
        return found


@pytest.mark.django_db
def test_the_first_delivery_is_new() -> None:
    with inbox.entered(ONE) as is_new:
        assert is_new


@pytest.mark.django_db
def test_a_second_delivery_is_not_new() -> None:
    assert [is_new(ONE), is_new(ONE)] == [True, False]


@pytest.mark.django_db
def test_each_consumer_handles_the_message_once() -> None:
    assert is_new(MessageAt("a", "m"))
    assert is_new(MessageAt("b", "m"))


@pytest.mark.django_db(transaction=True)
def test_a_failed_handler_leaves_no_inbox_entry() -> None:
    with pytest.raises(RuntimeError), inbox.entered(ONE):
        raise RuntimeError
    assert not InboxEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_of_parallel_deliveries_is_new() -> None:
    runs: list[bool] = []
    start = threading.Barrier(8)

    def deliver() -> None:
        start.wait()
        runs.append(is_new(ONE))
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
    assert not is_new(ONE)
    assert is_new(MessageAt("another", "m"))


@pytest.mark.django_db
def test_marking_a_handled_message_again_changes_nothing() -> None:
    is_new(ONE, key="pot-1")
    inbox.mark_handled({"m": "pot-2", "n": "pot-2"}, consumer="c")
    since = timezone.now() - timedelta(minutes=1)
    assert inbox.handled_since(since, consumer="c") == {"m": "pot-1", "n": "pot-2"}


@pytest.mark.django_db
def test_handled_since_returns_only_messages_after_that_time() -> None:
    is_new(ONE)
    assert inbox.handled_since(timezone.now() + timedelta(minutes=1), consumer="c") == {}


def unique_id(source: str, id: str = "42") -> str:
    return inbox.unique_id(Envelope(id=id, type="t", time=timezone.now(), source=source))


def test_an_id_is_unique_only_together_with_its_source() -> None:
    sources = (SOURCE, "/till", "/till/2", "")
    assert len({unique_id(source) for source in sources}) == len(sources)
    assert unique_id("/till") == unique_id("/till")
    assert unique_id("/till") != unique_id("/till", id="43")


def test_an_id_of_our_own_is_unique_alone() -> None:
    """Older processes know it so, and may run beside newer ones."""
    assert unique_id(SOURCE) == "42"


@pytest.mark.parametrize("source", ["https://example.com/" + "x" * 5000, "/t\udce9"])
def test_an_id_of_any_source_fits_into_the_inbox(source: str) -> None:
    longest = InboxEntry._meta.get_field("message_id").max_length
    assert longest
    assert len(unique_id(source, id="x" * MAX_ID_LENGTH)) <= longest


@pytest.mark.django_db(transaction=True)
def test_entries_of_a_batch_are_made_in_the_order_of_their_ids() -> None:
    """PostgreSQL chooses the join with the dropped letters, and some joins change the order."""
    messages = [
        MessageAt("c", f"{number:02}", hashlib.sha256(b"%d" % number).hexdigest())
        for number in range(20)
    ]
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL enable_hashjoin = off")
        with inbox.all_entered(dict.fromkeys(reversed(messages), "")) as ids:
            assert len(ids) == 20
    entered = InboxEntry.objects.order_by("id").values_list("message_id", flat=True)
    assert list(entered) == [each.message_id for each in messages]
