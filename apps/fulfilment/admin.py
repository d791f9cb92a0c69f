"""Reservations in the admin, to read."""

from django.contrib import admin

from apps.fulfilment.models import Reservation
from apps.messaging.admin import ReadOnlyAdmin


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    list_display = ("order_id", "created_at", "released_at")
    search_fields = ("order__id",)
