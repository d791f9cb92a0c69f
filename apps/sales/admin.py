"""The sales figures in the admin, read-only."""

from django.contrib import admin

from apps.messaging.admin_lists import ReadOnlyAdmin
from apps.sales.models import SalesDay, SalesReport


@admin.register(SalesDay)
class SalesDayAdmin(ReadOnlyAdmin):
    list_display = (
        "day",
        "currency",
        "placed",
        "confirmed",
        "rejected",
        "cancelled",
        "units",
        "revenue",
    )
    list_filter = ("currency",)
    ordering = ("-day", "currency")
    date_hierarchy = "day"


@admin.register(SalesReport)
class SalesReportAdmin(ReadOnlyAdmin):
    list_display = ("day", "sent_at")
    ordering = ("-day",)
