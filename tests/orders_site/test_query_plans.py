"""Status, tasks and commands on large tables: by PostgreSQL's own plan no query reads one whole."""

from collections.abc import Callable
from functools import partial
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from apps.messaging.handling import dead_letters
from apps.messaging.models import OutboxMessage
from apps.messaging.operations import pruning, sent_rows, status
from apps.messaging.outbox.claims import claim
from apps.messaging.recovery import resend, stream_comparison
from apps.notifications.services import prune as prune_mails
from apps.orders import waiting
from tests.messaging.support.events import TEAS
from tests.orders_site.large_tables import LARGE, fill
from tests.orders_site.query_plans import plans_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite tells no such plan"),
]


@pytest.fixture(autouse=True)
def large_tables(transactional_db: None) -> None:
    fill()


def used_without_reading_all(act: Callable[[], object]) -> set[str]:
    """Return the indexes that were used."""
    plans = plans_of(act)
    assert plans
    for plan in plans:
        assert not plan.read_whole & set(LARGE), plan.query
    return set[str]().union(*(plan.indexes for plan in plans))


def _oldest_ids() -> list[int]:
    return list(OutboxMessage.objects.order_by("id").values_list("id", flat=True)[:500])


NOT_HAD = Q(stream_sequence__gt=1) | resend.deleted_by_age(TEAS)
WAITING = sent_rows.Waiting("drinker", Q(destination="teas.brewed") & NOT_HAD)
COUNTED: list[tuple[Callable[[], object], str]] = [
    (status.outbox, "outbox_waiting_events"),
    (dead_letters.count_by_transport, "dead_letter_count"),
    (partial(call_command, "dead_letters", "list", stdout=StringIO()), "dead_letter_by_state"),
    (sent_rows.count_kept, "outbox_sent"),
    (sent_rows.kept_for, "outbox_sent"),
    (pruning.oldest_event, "messaging_outboxmessage_pkey"),
    (lambda: resend._renew_inbox(_oldest_ids()), "inbox_handled"),
    (lambda: list(sent_rows.unneeded([WAITING])[:100]), "outbox_sent"),
    (lambda: stream_comparison._slice(TEAS, (timezone.now(), 0)), "outbox_sent"),
    (partial(claim, "jetstream"), "outbox_fresh_events"),
    (waiting.figures, "order_by_status"),
    (prune_mails, "mail_sent"),
]


def test_each_count_uses_an_index() -> None:
    for look, index in COUNTED:
        assert index in used_without_reading_all(look), look
    used_without_reading_all(partial(call_command, "outbox", "list", stdout=StringIO()))
