"""The waterfall's page: one order, or the newest one."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.lab.pages.page import page, wants_part
from apps.lab.waterfall.drawn import waterfalls
from apps.lab.waterfall.records import records_of
from apps.orders import queries

NEWEST = 10
"""Orders in the list of the newest."""


@never_cache
@require_safe
def newest(request: HttpRequest) -> HttpResponse:
    """Show the order that was placed last; htmx asks whether it is another one, or has news."""
    orders = queries.newest_ids(NEWEST)
    context = _of(orders[0]) if orders else {"seen": "none"}
    return _answer(request, {**context, "orders": orders, "order": None})


@never_cache
@require_safe
def of_order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Show this order. Raises `OrderNotFound`."""
    order = queries.order_alone(order_id)
    return _answer(request, {**_of(order.id), "orders": queries.newest_ids(NEWEST), "order": order})


def _of(order_id: UUID) -> dict[str, Any]:
    records = records_of(order_id)
    return {
        "shown": order_id,
        "waterfalls": waterfalls(records),
        "seen": f"{order_id}-{records.seen}",
    }


def _answer(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    if not wants_part(request):
        return page(request, "lab/waterfall.html", **context)
    if request.GET.get("seen") == context["seen"]:
        # htmx leaves the page as it is, and a screen reader where it is.
        return HttpResponse(status=204)
    return render(request, "lab/_waterfall.html", context)
