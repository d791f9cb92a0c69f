"""The tokens of orders: each is unique, and a session keeps the newest ones."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from apps.orders import access
from apps.orders.models import Order
from tests.orders.making import make_order

pytestmark = pytest.mark.django_db


def test_older_orders_each_get_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = make_order().token
    old = [make_order().id for _ in range(5)]
    Order.objects.filter(id__in=old).update(token="")
    migration = import_module("apps.orders.migrations.0004_order_token")
    monkeypatch.setattr(migration, "BATCH", 2)

    migration.give_each_its_own(apps, connection.schema_editor())

    tokens = set(Order.objects.values_list("token", flat=True))
    assert len(tokens) == 6
    assert kept in tokens
    assert {len(each) for each in tokens} == {32}


def test_a_session_remembers_its_newest_orders() -> None:
    session = SessionStore()
    orders = [Order() for _ in range(access.MOST_KEPT + 1)]
    for order in [*orders, orders[1]]:
        access.remember(session, order)
    assert not access.was_placed_in(session, orders[0])
    assert all(access.was_placed_in(session, each) for each in orders[1:])
    assert len(session[access.PLACED_HERE]) == access.MOST_KEPT
