"""Pages of large tables: what PostgreSQL reads for them does not grow with the tables.

The admin's pages are found by the links of its lists: filters, columns to sort by, other pages.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from html import unescape
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.messaging.handling import dead_letters
from apps.messaging.operations import status
from apps.notifications import queries as mails
from apps.orders import erasure, waiting
from apps.orders.models import Order
from apps.orders.queries import orders_alone
from apps.sales.queries import uncounted
from tests.orders_site.large_tables import LARGE, fill
from tests.orders_site.query_plans import Scan, scans_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite tells no such plan"),
]

ID = "00000000-0000-0000-0000-000000004711"
MOST_READ = 8000
"""Of twenty thousand rows. The count of a list reads those that it counts, and those between."""
IS_THERE_ANY = "SELECT 1 AS"
"""Begins a query that ends at the first row; where most rows fit, the table has one soonest."""
SMALL = {
    "auth_group",
    "auth_user",
    "catalog_apitoken",
    "catalog_category",
    "catalog_product",
    "images_photo",
    "messaging_workerinstance",
    "sales_salesday",
    "sales_salesreport",
}
"""Tables that more orders do not make larger, but for a row a day."""
SEARCHES = {
    "orders_order": (ID, "00000000-0000-0000-0000-00000000471", "ann711@EXAMPLE.com", "nobody"),
    "notifications_mail": (ID, "00000000-0000-0000-0000-00000000471", "ann711@EXAMPLE.com"),
    "fulfilment_reservation": (ID, "00000000-0000-0000-0000-00000000471", "nothing"),
    "messaging_outboxmessage": (ID, "nothing"),
    "messaging_inboxentry": (ID, "4711", "nothing"),
    "messaging_faileddelivery": ("4711", "nothing"),
    "messaging_deadletter": ("4711", "cold", "nothing"),
}


@pytest.fixture
def large_tables(transactional_db: None) -> None:
    fill()


def get(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.text


def addresses(client: Client, table: str) -> set[str]:
    """Return the list of a table, all that it has links to, its searches and the page of a row."""
    begin = reverse(f"admin:{table}_changelist")
    links = {unescape(link) for link in re.findall(r'href="(\?[^"]+)"', get(client, begin))}
    asked = links | {f"?q={term}" for term in SEARCHES[table]} | {""}
    row = apps.get_model(table.replace("_", ".")).objects.order_by("pk").first()
    return {begin + each for each in asked} | {reverse(f"admin:{table}_change", args=[row.pk])}


def reads_much(scan: Scan) -> bool:
    if scan.table not in LARGE:
        return False
    is_bad_scan = scan.is_sequential and not scan.query.startswith(IS_THERE_ANY)
    return is_bad_scan or scan.rows > MOST_READ


def too_much(act: Callable[[], object]) -> list[str]:
    return [
        f"{scan.rows:,.0f} rows, {'all' if scan.is_sequential else 'by an index'}: {scan.query}"
        for scan in scans_of(act)
        if reads_much(scan)
    ]


def test_every_list_of_the_admin_is_known_as_large_or_small() -> None:
    assert {model._meta.db_table for model in admin.site._registry} == {*LARGE, *SMALL}


@pytest.mark.usefixtures("large_tables")
def test_a_table_that_is_read_whole_is_seen() -> None:
    without_index = Order.objects.filter(reason="cold")
    assert too_much(without_index.exists)
    assert too_much(lambda: list(without_index.order_by("-placed_at")[:50]))
    assert too_much(lambda: list(Order.objects.filter(total__gt=0)))


@pytest.mark.usefixtures("large_tables")
def test_no_page_of_the_admin_reads_more_in_a_larger_table(admin_client: Client) -> None:
    read = {
        address: too_much(partial(get, admin_client, address))
        for table in LARGE
        for address in addresses(admin_client, table)
    }
    assert len(read) > 10 * len(LARGE)
    assert not {address: queries for address, queries in read.items() if queries}


@pytest.mark.usefixtures("large_tables")
def test_no_other_page_or_task_reads_more_in_a_larger_table(client: Client) -> None:
    for address in (f"/orders/{ID}/", f"/orders/{ID}/state/", f"/api/orders/{ID}", "/"):
        assert not too_much(partial(get, client, address)), address
    assert not too_much(partial(get, client, f"/api/orders/{ID}/journey"))
    looks: list[Callable[[], object]] = [
        status._database,
        waiting.figures,
        partial(mails.overdue, since=timedelta(minutes=5)),
        partial(uncounted, timezone.localdate() - timedelta(days=2), []),
        partial(orders_alone, [UUID(ID)]),
        transaction.atomic(partial(erasure.lock_orders_of, "ann711@EXAMPLE.com")),
    ]
    for look in looks:
        assert not too_much(look), look


@pytest.mark.usefixtures("large_tables")
def test_what_the_status_counts_whole_is_read_from_an_index_alone() -> None:
    for count in (dead_letters.count_by_transport, dead_letters.newest_ages, waiting.figures):
        scans = scans_of(count)
        assert scans, count
        assert all(scan.is_of_index_alone for scan in scans), count
