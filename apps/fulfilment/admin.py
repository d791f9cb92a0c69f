"""Reservations in the admin, read-only."""

from django.contrib import admin

from apps.fulfilment.models import Reservation
from apps.messaging.admin_lists import ReadOnlyAdmin


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    list_display = ("short_id", "created_at", "released_at")
    list_filter = (("released_at", admin.EmptyFieldListFilter), "created_at")
    search_fields = ("order__id",)
    ordering = ("-id",)

    @admin.display(description="order", ordering="order_id")
    def short_id(self, reservation: Reservation) -> str:
        return str(reservation.order_id)[:8]
