"""Two people who drop one message at once: each takes the locks in the same order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from apps.messaging.models import DeadLetter, OutboxMessage
from apps.messaging.recovery.redrive import drop_row, redrive
from tests.messaging.support.dead_letters import bury
from tests.support.locks import waits_for_a_lock
from tests.support.waiting import eventually

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks no rows"),
]


def test_a_dropped_row_is_locked_after_its_letter() -> None:
    """As `drop` locks them: the other order would end one of the two in a deadlock."""
    letter = bury()
    redrive(id=letter.pk)
    row = OutboxMessage.objects.get()
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            DeadLetter.objects.select_for_update().get(pk=letter.pk)
            other = threads.submit(closing_its_connection(lambda: drop_row(id=row.pk)))
            eventually(lambda: waits_for_a_lock() or other.done())
            OutboxMessage.objects.select_for_update(nowait=True).get(pk=row.pk)
        other.result()
    letter.refresh_from_db()
    assert letter.state == DeadLetter.State.DEAD


def closing_its_connection(act: Callable[[], None]) -> Callable[[], None]:
    def acted() -> None:
        try:
            act()
        finally:
            connection.close()

    return acted
