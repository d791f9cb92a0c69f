"""Orders in the admin, to read and to cancel; only `services` changes their status."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from apps.messaging.admin_lists import ActingAdmin
from apps.orders import services, waiting
from apps.orders.errors import OrderError
from apps.orders.models import Order

CANCELLED_BY_STAFF = "cancelled by the shop"


class LateFilter(admin.SimpleListFilter):
    title = "waiting"
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("late", "placed, and waiting for too long")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        return waiting.late(queryset) if self.value() == "late" else queryset


@admin.register(Order)
class OrderAdmin(ActingAdmin):
    list_display = ("short_id", "status", "amount", "email", "placed_at", "ended_at")
    list_filter = (LateFilter, "status", "placed_at")
    search_fields = ("id__begins", "=email")
    search_help_text = "an order's id or its beginning, or a whole e-mail address"
    ordering = ("-placed_at",)
    sortable_by = ("placed_at",)
    readonly_fields = ("lines",)
    actions = ("cancel",)
    expected_errors: ClassVar = (OrderError,)

    @admin.display(description="order", ordering="id")
    def short_id(self, order: Order) -> str:
        return str(order.pk)[:8]

    @admin.display(description="total", ordering="total")
    def amount(self, order: Order) -> str:
        return f"{order.total} {order.currency}"

    def lines(self, order: Order) -> SafeString:
        bought = order.lines.values_list("quantity", "name", "sku", "price")
        return format_html_join("", "{} × {} ({}) at {}<br>", bought)

    @admin.action(description="Cancel, and return the reserved stock", permissions=["act"])
    def cancel(self, request: HttpRequest, orders: QuerySet[Order]) -> None:
        self.act(request, orders, self._cancel, "Cancelled")

    def view_on_site(self, order: Order) -> str:
        return reverse("orders:order", args=[order.pk])

    def _cancel(self, order: Order) -> None:
        if order.status == Order.Status.CANCELLED:
            raise OrderError(f"order {order} was cancelled before")
        services.cancel_order(order_id=order.pk, reason=CANCELLED_BY_STAFF)
