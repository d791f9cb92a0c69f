"""Status, admin and commands on large tables: by PostgreSQL's own plan no query reads one whole."""

from collections.abc import Callable
from functools import partial
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.messaging.admin_lists import MOST_COUNTED
from apps.messaging.handling import dead_letters
from apps.messaging.models import OutboxMessage
from apps.messaging.operations import pruning, sent_rows, status
from apps.messaging.outbox.claims import claim
from apps.messaging.recovery import resend, stream_comparison
from apps.notifications.services import prune as prune_mails
from apps.orders import waiting
from tests.messaging.support.events import TEAS
from tests.orders_site.query_plans import plans_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite tells no such plan"),
]

ROWS = 20_000
LARGE = {
    "messaging_outboxmessage": """
        (message_id, lane, destination, key, headers, body, lease_token, tries, error, sent_at,
         dead_at)
        SELECT gen_random_uuid(), 'jetstream', 'teas.brewed', n, '{}', repeat('x', 400), '', 0, '',
               CASE WHEN n % 10 > 1 THEN now() END, CASE WHEN n % 1000 = 0 THEN now() END""",
    "messaging_inboxentry": "(consumer, message_id, key) SELECT 'c' || n % 3, n, n",
    "messaging_faileddelivery": """
        (consumer, message_id, error, traceback)
        SELECT 'c' || n % 3, n, 'cold', repeat('x', 400)""",
    "messaging_deadletter": """
        (transport, consumer, message_id, destination, reason, traceback, attempts, headers, body,
         state, redrives)
        SELECT 'jetstream', 'c' || n % 3, n, 'teas.brewed', 'cold', '', 1, '{}', repeat('x', 400),
               CASE WHEN n % 10 > 1 THEN 'dead' ELSE 'dropped' END, 0""",
    "orders_order": """
        (id, token, email, status, reason, total, currency, placed_at, ended_at)
        SELECT ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, '',
               'a@example.com', 'confirmed', '', 1, 'GBP', now() - n * interval '1 s', now()""",
    "notifications_mail": """
        (order_id, kind, "to", subject, body, state, attempts, sent_at)
        SELECT ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, 'confirmed',
               'a@example.com', '', repeat('x', 400), 'sent', 1, now() - n * interval '1 minute'""",
    "fulfilment_reservation": """
        (order_id, lines)
        SELECT ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, '[]'""",
}


@pytest.fixture(autouse=True)
def large_tables(transactional_db: None) -> None:
    with connection.cursor() as cursor:
        for table, rows in LARGE.items():
            cursor.execute(f"INSERT INTO {table} {rows} FROM generate_series(1, {ROWS}) n")
            cursor.execute(f"VACUUM ANALYZE {table}")


def used_without_reading_all(act: Callable[[], object]) -> set[str]:
    """Return the indexes that were used."""
    plans = plans_of(act)
    assert plans
    for plan in plans:
        assert not plan.read_whole & set(LARGE), plan.query
    return set[str]().union(*(plan.indexes for plan in plans))


def page_of(client: Client, table: str, **asked: str) -> None:
    answer = client.get(reverse(f"admin:{table}_changelist"), asked)
    assert answer.status_code == 200


def _oldest_ids() -> list[int]:
    return list(OutboxMessage.objects.order_by("id").values_list("id", flat=True)[:500])


NOT_HAD = Q(stream_sequence__gt=1) | resend.deleted_by_age(TEAS)
WAITING = sent_rows.Waiting("drinker", Q(destination="teas.brewed") & NOT_HAD)
COUNTED: list[tuple[Callable[[], object], str]] = [
    (status.outbox, "outbox_waiting"),
    (dead_letters.count_by_transport, "dead_letter_count"),
    (partial(call_command, "dead_letters", "list", stdout=StringIO()), "dead_letter_last_dead"),
    (sent_rows.count_kept, "outbox_sent"),
    (sent_rows.kept_for, "outbox_sent"),
    (pruning.oldest_event, "messaging_outboxmessage_pkey"),
    (lambda: resend._renew_inbox(_oldest_ids()), "inbox_handled"),
    (lambda: list(sent_rows.unneeded([WAITING])[:100]), "outbox_sent"),
    (lambda: stream_comparison._slice(TEAS, (timezone.now(), 0)), "outbox_sent"),
    (partial(claim, "jetstream"), "outbox_unsent_by_key"),
    (waiting.figures, "order_waiting"),
    (prune_mails, "mail_sent"),
]
FOUND = [
    ("messaging_outboxmessage", {"dead_at__isempty": "0"}, "outbox_dead"),
    ("messaging_outboxmessage", {"q": "4711"}, "outbox_key"),
    ("messaging_inboxentry", {"q": "4711"}, "inbox_once"),
    ("messaging_inboxentry", {"q": "4711"}, "inbox_key"),
    ("messaging_faileddelivery", {"q": "4711"}, "failed_delivery_message"),
    ("messaging_deadletter", {"state__exact": "dead"}, "dead_letter_last_dead"),
]


# Each test fills all tables first: they are few, and look at much.
def test_each_count_uses_an_index() -> None:
    for look, index in COUNTED:
        assert index in used_without_reading_all(look), look
    used_without_reading_all(partial(call_command, "outbox", "list", stdout=StringIO()))


def test_no_list_of_the_admin_reads_its_whole_table(admin_client: Client) -> None:
    for table in LARGE:
        used_without_reading_all(partial(page_of, admin_client, table))
    for table, asked, index in FOUND:
        used = used_without_reading_all(partial(page_of, admin_client, table, **asked))
        assert index in used, (table, asked)


def test_a_list_shows_that_it_is_cut_off(admin_client: Client) -> None:
    address = reverse("admin:messaging_inboxentry_changelist")
    assert f"The first {MOST_COUNTED:,} or more" in admin_client.get(address).text
    assert "or more" not in admin_client.get(address, {"q": "4711"}).text
