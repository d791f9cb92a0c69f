"""The admin's view of outbox, inbox and dead letters; to look at, not to edit."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.messaging.models import (
    DeadLetter,
    FailedDelivery,
    InboxEntry,
    OutboxMessage,
    WorkerInstance,
)


class ReadOnlyAdmin(admin.ModelAdmin):
    """Written by processes: a person who edits a row would make it lie."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    list_display = ("id", "destination", "key", "recorded_at", "sent_at", "tries", "error")
    list_filter = ("lane", ("sent_at", admin.EmptyFieldListFilter), "destination")
    search_fields = ("key", "message_id")


@admin.register(InboxEntry)
class InboxEntryAdmin(ReadOnlyAdmin):
    list_display = ("consumer", "message_id", "key", "handled_at")
    list_filter = ("consumer",)
    search_fields = ("key", "message_id")


@admin.register(FailedDelivery)
class FailedDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("consumer", "message_id", "failed_at", "error")
    list_filter = ("consumer",)
    search_fields = ("message_id",)


@admin.register(DeadLetter)
class DeadLetterAdmin(ReadOnlyAdmin):
    list_display = ("died_at", "transport", "consumer", "destination", "reason", "attempts")
    list_filter = ("transport", "consumer")
    search_fields = ("message_id", "reason", "body")


@admin.register(WorkerInstance)
class WorkerInstanceAdmin(ReadOnlyAdmin):
    list_display = ("name", "instance", "pid", "started_at", "seen_at", "is_ready", "restarts")
