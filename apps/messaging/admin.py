"""The admin's view of outbox, inbox and dead letters; not to edit, but to send again or drop."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.auth import get_permission_codename
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from apps.messaging import attempts, redrive
from apps.messaging.errors import MessagingError
from apps.messaging.liveness import STALE_AFTER
from apps.messaging.models import (
    DeadLetter,
    FailedDelivery,
    InboxEntry,
    OutboxMessage,
    WorkerInstance,
)


class ReadOnlyAdmin(admin.ModelAdmin):
    """Written by processes: a person who edits a row, or takes one away, would make them lie."""

    list_per_page = 50
    # To count a table of millions, beside the rows that are found, takes longer than to find them.
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ActingAdmin(ReadOnlyAdmin):
    """With actions on rows, for those who may change them: each by the service that does it."""

    refusals: ClassVar[tuple[type[Exception], ...]] = (MessagingError,)

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Django asks it for each action that is marked with the permission `act`."""
        change = get_permission_codename("change", self.opts)
        return bool(request.user.has_perm(f"{self.opts.app_label}.{change}"))

    def act(
        self, request: HttpRequest, rows: Iterable[Any], act: Callable[[Any], object], done: str
    ) -> None:
        count = 0
        for row in rows:
            try:
                act(row)
            except self.refusals as error:
                self.message_user(request, str(error), messages.WARNING)
            else:
                count += 1
        if count:
            self.message_user(request, f"{done}: {count}", messages.SUCCESS)


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ActingAdmin):
    list_display = ("id", "destination", "key", "state", "recorded_at", "sent_at", "tries", "error")
    list_filter = (
        "lane",
        ("sent_at", admin.EmptyFieldListFilter),
        ("dead_at", admin.EmptyFieldListFilter),
        "destination",
    )
    search_fields = ("key", "message_id")
    ordering = ("-id",)
    date_hierarchy = "recorded_at"
    actions = ("requeue",)

    @admin.display(ordering="sent_at")
    def state(self, row: OutboxMessage) -> str:
        if row.dead_at:
            return "dead"
        return "sent" if row.sent_at else "waiting"

    @admin.action(description="Requeue dead rows: send them after all", permissions=["act"])
    def requeue(self, request: HttpRequest, rows: QuerySet[OutboxMessage]) -> None:
        self.act(request, rows, redrive.requeue, "Requeued")


@admin.register(InboxEntry)
class InboxEntryAdmin(ReadOnlyAdmin):
    list_display = ("consumer", "message_id", "key", "handled_at")
    list_filter = ("consumer",)
    search_fields = ("key", "message_id")
    ordering = ("-id",)
    date_hierarchy = "handled_at"


@admin.register(FailedDelivery)
class FailedDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("consumer", "message_id", "failed_at", "error")
    list_filter = ("consumer",)
    search_fields = ("message_id",)
    ordering = ("-id",)
    date_hierarchy = "failed_at"


@admin.register(DeadLetter)
class DeadLetterAdmin(ActingAdmin):
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
    list_filter = ("state", "transport", "consumer")
    search_fields = ("message_id", "reason", "body")
    ordering = ("-died_at", "-id")
    date_hierarchy = "died_at"
    readonly_fields = ("failed_deliveries",)
    actions = ("redrive", "drop")

    @admin.action(description="Redrive: send again, to their consumer", permissions=["act"])
    def redrive(self, request: HttpRequest, letters: QuerySet[DeadLetter]) -> None:
        self.act(request, letters, lambda letter: redrive.redrive(id=letter.pk), "Redriven")

    @admin.action(description="Drop: give up for good", permissions=["act"])
    def drop(self, request: HttpRequest, letters: QuerySet[DeadLetter]) -> None:
        self.act(request, letters, lambda letter: redrive.drop(id=letter.pk), "Dropped")

    def failed_deliveries(self, letter: DeadLetter) -> SafeString:
        failed = attempts.failed(consumer=letter.consumer, message_id=letter.message_id)
        return format_html_join("", "{}: {}<br>", failed.values_list("failed_at", "error"))


@admin.register(WorkerInstance)
class WorkerInstanceAdmin(ReadOnlyAdmin):
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
    def is_alive(self, worker: WorkerInstance) -> bool:
        return timezone.now() - worker.seen_at < STALE_AFTER
