"""Mails in the admin, read-only."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.messaging.admin_lists import ReadOnlyAdmin
from apps.notifications import waiting
from apps.notifications.models import Mail


class PutOffFilter(admin.SimpleListFilter):
    title = "waiting"
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("put-off", "put off: the mail server did not take it yet")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Mail]) -> QuerySet[Mail]:
        return waiting.put_off(queryset) if self.value() == "put-off" else queryset


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = (
        "short_id",
        "kind",
        "to",
        "state",
        "attempts",
        "put_off_until",
        "failing_since",
        "due_at",
        "sent_at",
    )
    list_filter = (PutOffFilter, "state", "kind")
    search_fields = ("order__id__begins", "=to")
    search_help_text = "an order's id or its beginning, or a whole e-mail address"
    sortable_by = ("short_id",)

    @admin.display(description="order", ordering="order_id")
    def short_id(self, mail: Mail) -> str:
        return str(mail.order_id)[:8]
