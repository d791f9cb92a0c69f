"""Mails in the admin, to read."""

from django.contrib import admin

from apps.messaging.admin_lists import ReadOnlyAdmin
from apps.notifications.models import Mail


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = ("short_id", "kind", "to", "state", "attempts", "due_at", "sent_at")
    list_filter = ("state", "kind", "due_at")
    search_fields = ("order__id", "to")

    @admin.display(description="order", ordering="order_id")
    def short_id(self, mail: Mail) -> str:
        return str(mail.order_id)[:8]
