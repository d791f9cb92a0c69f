"""Django's registration of the notifications app."""

from django.apps import AppConfig

from apps.messaging import seams

seams.declare(
    "mail.due",
    "a mail is committed as due, no task is enqueued",
    left_out="no task is enqueued",
)
seams.declare("mail.claimed", "a task has the mail to itself, nothing is sent")
seams.declare("mail.sent", "the mail server has said yes, nothing is noted")


class NotificationsConfig(AppConfig):
    name = "apps.notifications"
    label = "notifications"
