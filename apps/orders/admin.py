"""Orders in the admin, to read; their status moves through `services` alone."""

from django.contrib import admin

from apps.messaging.admin import ReadOnlyAdmin
from apps.orders.models import Order, OrderLine


class LinesInline(admin.TabularInline):
    model = OrderLine


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ("id", "status", "total", "currency", "email", "placed_at", "ended_at")
    list_filter = ("status", "placed_at")
    search_fields = ("id", "email")
    inlines = (LinesInline,)
