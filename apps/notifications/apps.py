"""Django's registration of the notifications app."""

from django.apps import AppConfig

from apps.messaging import hooks

hooks.declare(
    "mail.due",
    "a mail is committed as due, no task is enqueued",
    left_out="no task is enqueued",
)
hooks.declare("mail.claimed", "a task has the mail to itself, nothing is sent")
hooks.declare("mail.sent", "the mail server has said yes, nothing is noted")


class NotificationsConfig(AppConfig):
    name = "apps.notifications"
    label = "notifications"
