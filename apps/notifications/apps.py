"""Django's registration of the notifications app."""

from typing import ClassVar

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "apps.notifications"
    label = "notifications"
    hook_points: ClassVar = {
        "mail.due": "a mail is committed as due, no task is enqueued",
        "mail.claimed": "a task has claimed the mail, nothing is sent",
        "mail.sent": "the mail server has accepted the mail, nothing is stored",
    }
    skippable_points: ClassVar = {"mail.due": "no task is enqueued"}
    order_hops = "apps.notifications.queries.hops_of"
