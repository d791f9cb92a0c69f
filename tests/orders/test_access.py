"""Whose an order is: each has a unique token, and a visitor's orders are rows."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone

from apps.orders import access
from apps.orders.models import Order, VisitorsOrder
from tests.orders.factories import make_order

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


def test_orders_of_concurrent_requests_are_both_remembered() -> None:
    session = SessionStore()
    session.create()
    orders = [make_order(), make_order()]
    windows = [SessionStore(session.session_key) for _ in orders]
    for window, order in zip(windows, orders, strict=True):
        assert not access.was_placed_in(window, order)
        access.remember(window, order)
    for window in windows:
        window.save()
    later = SessionStore(session.session_key)
    assert all(access.was_placed_in(later, order) for order in orders)


def test_an_order_survives_a_concurrent_session_write() -> None:
    session, order = SessionStore(), make_order()
    session.create()
    shop, another = (SessionStore(session.session_key) for _ in range(2))
    another["anything"] = "read before the order"
    access.remember(shop, order)
    shop.save()
    another.save()
    assert access.was_placed_in(SessionStore(session.session_key), order)


def test_an_order_is_remembered_once_and_by_its_visitor_only() -> None:
    one, other, order = SessionStore(), SessionStore(), make_order()
    for _ in range(2):
        access.remember(one, order)
    access.remember(other, make_order())
    assert (access.was_placed_in(one, order), access.was_placed_in(other, order)) == (True, False)
    assert VisitorsOrder.objects.filter(order=order).count() == 1


def test_a_visitor_who_signs_in_keeps_the_order() -> None:
    session, order = SessionStore(), make_order()
    access.remember(session, order)
    session.cycle_key()
    assert access.was_placed_in(session, order)


def test_a_session_of_the_release_before_lists_its_orders() -> None:
    session, order = SessionStore(), make_order()
    session["orders"] = [str(order.id)]
    assert access.was_placed_in(session, order)


def test_only_old_orders_of_visitors_are_forgotten() -> None:
    session, old, fresh = SessionStore(), make_order(), make_order()
    for each in (old, fresh):
        access.remember(session, each)
    then = timezone.now() - access.KEPT - timedelta(seconds=1)
    VisitorsOrder.objects.filter(order=old).update(remembered_at=then)

    assert access.prune() == 1
    assert [access.was_placed_in(session, each) for each in (old, fresh)] == [False, True]
    assert Order.objects.count() == 2
