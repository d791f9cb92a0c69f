"""The admin's view of outbox, inbox and dead letters; not to edit, but to send again or drop."""

from typing import Any

from django.contrib import admin
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from apps.messaging.admin_lists import (
    ActingAdmin,
    EachValueFilter,
    MessagesAdmin,
    ReadOnlyAdmin,
)
from apps.messaging.handling import attempts
from apps.messaging.models import (
    DeadLetter,
    FailedDelivery,
    InboxEntry,
    OutboxMessage,
    WorkerInstance,
)
from apps.messaging.recovery import redrive
from apps.messaging.worker.heartbeat import seen_lately

TEXTS_SEARCHED = 1000
"""In so many dead letters, the last of the list, the search looks at reason and body."""


class WaitingFilter(admin.SimpleListFilter):
    """Rows that are neither sent nor dead, of one transport."""

    title = "waiting"
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(value, f"for {label}") for value, label in OutboxMessage.Transport.choices]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[OutboxMessage]
    ) -> QuerySet[OutboxMessage]:
        if self.value() not in OutboxMessage.Transport.values:
            return queryset
        return queryset.filter(transport=self.value(), sent_at=None, dead_at=None)


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ActingAdmin):
    """Rows of the outbox: a dead one can be sent again."""

    list_display = ("id", "destination", "key", "state", "recorded_at", "sent_at", "tries", "error")
    list_filter = (WaitingFilter, "sent_at", ("dead_at", admin.EmptyFieldListFilter))
    search_fields = ("key__exact", "message_id__exact")
    search_help_text = "a whole key, or a whole message id"
    ordering = ("-id",)
    sortable_by = ("id", "key", "sent_at")
    actions = ("requeue",)

    def state(self, row: OutboxMessage) -> str:
        """Return `sent`, `dead` or `waiting`."""
        if row.dead_at:
            return "dead"
        return "sent" if row.sent_at else "waiting"

    @admin.action(description="Requeue dead rows: send them after all", permissions=["act"])
    def requeue(self, request: HttpRequest, rows: QuerySet[OutboxMessage]) -> None:
        """Make the chosen dead rows sendable again."""
        self.act(request, rows, redrive.requeue, "Requeued")


@admin.register(InboxEntry)
class InboxEntryAdmin(MessagesAdmin):
    """The messages that each consumer has handled."""

    list_display = ("consumer", "message_id", "key", "handled_at")
    list_filter = (("consumer", EachValueFilter), "handled_at")
    search_help_text = "a whole key, or a whole message id"
    ordering = ("-id",)
    sortable_by = ("key", "handled_at")

    def found_by(self, term: str) -> Q:
        """Find entries by a whole message id or key."""
        return Q(key=term) | super().found_by(term)


@admin.register(FailedDelivery)
class FailedDeliveryAdmin(MessagesAdmin):
    """Each attempt at a message that failed, with its traceback."""

    list_display = ("consumer", "message_id", "failed_at", "error")
    list_filter = (("consumer", EachValueFilter), "failed_at")
    ordering = ("-id",)
    sortable_by = ("failed_at",)


@admin.register(DeadLetter)
class DeadLetterAdmin(ActingAdmin, MessagesAdmin):
    """Messages that were given up, to be redriven or dropped."""

    list_display = (
        "died_at",
        "transport",
        "consumer",
        "destination",
        "reason",
        "attempts",
        "redrives",
        "state",
    )
    list_filter = ("state", "transport", ("consumer", EachValueFilter), "died_at")
    search_help_text = (
        f"a whole message id; in the last {TEXTS_SEARCHED:,}: a part of reason or body"
    )
    ordering = ("-died_at", "-id")
    sortable_by = ("died_at",)
    readonly_fields = ("failed_deliveries",)
    actions = ("redrive", "drop")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[DeadLetter], search_term: str
    ) -> tuple[QuerySet[DeadLetter], bool]:
        """Search the text only of those that died last: no index helps with that."""
        if not search_term:
            return queryset, False
        times = queryset.order_by("-died_at").values_list("died_at", flat=True)
        oldest = times[TEXTS_SEARCHED - 1 : TEXTS_SEARCHED].first()
        last = Q(died_at__gte=oldest) if oldest else Q()
        in_text = Q(reason__icontains=search_term) | Q(body__icontains=search_term)
        return queryset.filter(self.found_by(search_term) | (in_text & last)), False

    @admin.action(description="Redrive: send again, to their consumer", permissions=["act"])
    def redrive(self, request: HttpRequest, letters: QuerySet[DeadLetter]) -> None:
        """Send the chosen dead letters out again."""
        self.act(request, letters, lambda letter: redrive.redrive(id=letter.pk), "Redriven")

    @admin.action(description="Drop: give up for good", permissions=["act"])
    def drop(self, request: HttpRequest, letters: QuerySet[DeadLetter]) -> None:
        """Drop the chosen dead letters."""
        self.act(request, letters, lambda letter: redrive.drop(id=letter.pk), "Dropped")

    def failed_deliveries(self, letter: DeadLetter) -> SafeString:
        """List the failed attempts at this message."""
        failed = attempts.failed_of(letter).values_list("failed_at", "error")
        lines = ((localize(localtime(at)), error) for at, error in failed)
        return format_html_join("", "{}: {}<br>", lines)


@admin.register(WorkerInstance)
class WorkerInstanceAdmin(ReadOnlyAdmin):
    """Every worker process that was seen lately."""

    list_display = (
        "name",
        "instance",
        "pid",
        "is_alive",
        "is_ready",
        "pause_reason",
        "restarts",
        "started_at",
        "last_step_at",
        "seen_at",
    )
    list_filter = ("is_ready", "name")
    ordering = ("name", "instance")

    @admin.display(boolean=True, description="alive", ordering="seen_at")
    def is_alive(self, worker: Any) -> bool:
        """Return whether its last heartbeat is recent."""
        return bool(worker.was_seen_lately)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkerInstance]:
        alive = ExpressionWrapper(seen_lately(), output_field=BooleanField())
        rows: QuerySet[WorkerInstance] = super().get_queryset(request)
        return rows.annotate(was_seen_lately=alive)
