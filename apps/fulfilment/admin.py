"""Reservations in the admin, read-only."""

from django.contrib import admin

from apps.fulfilment.models import Reservation
from apps.messaging.admin_lists import ReadOnlyAdmin


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    list_display = ("short_id", "created_at", "released_at")
    list_filter = (("released_at", admin.EmptyFieldListFilter),)
    search_fields = ("order__id__begins",)
    search_help_text = "an order's id or its beginning"
    ordering = ("-id",)
    sortable_by = ("short_id",)

    @admin.display(description="order", ordering="order_id")
    def short_id(self, reservation: Reservation) -> str:
        return str(reservation.order_id)[:8]
