"""Orders and lines that are inserted by statements of ours: as if Django had saved them."""

from typing import Any

import pytest
from django.db import models

from apps.orders.models import Order, OrderLine
from tests.orders.factories import make_order, priced

pytestmark = pytest.mark.django_db


def fields_of(row: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_new_order_has_the_fields_that_are_read_later() -> None:
    order = make_order()
    assert fields_of(order) == fields_of(Order.objects.get())
    assert (order._state.adding, order._state.db) == (False, "default")


def test_an_inserted_line_is_the_same_as_one_that_django_saves() -> None:
    make_order(priced("TEA", quantity=2), priced("ABC"))
    for line in OrderLine.objects.all():
        inserted = fields_of(line)
        line.delete()
        saved = OrderLine(**inserted)
        saved.save(force_insert=True)
        assert fields_of(OrderLine.objects.get(id=saved.id)) == inserted
    assert [line.sku for line in OrderLine.objects.all()] == ["TEA", "ABC"]


def test_each_line_has_its_own_id() -> None:
    order = make_order(priced("TEA"), priced("ABC"), priced("XYZ"))
    assert [line.sku for line in order.lines.all()] == ["TEA", "ABC", "XYZ"]
