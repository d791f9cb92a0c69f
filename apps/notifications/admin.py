"""Mails in the admin, to read."""

from django.contrib import admin

from apps.messaging.admin import ReadOnlyAdmin
from apps.notifications.models import Mail


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = ("order_id", "kind", "to", "state", "attempts", "due_at", "sent_at")
    list_filter = ("state", "kind")
    search_fields = ("order__id", "to")
