"""Django's registration of the notifications app."""

from django.apps import AppConfig

from apps.messaging import hooks

hooks.declare(
    "mail.due",
    "a mail is committed as due, no task is enqueued",
    if_skipped="no task is enqueued",
)
hooks.declare("mail.claimed", "a task has claimed the mail, nothing is sent")
hooks.declare("mail.sent", "the mail server has accepted the mail, nothing is stored")


class NotificationsConfig(AppConfig):
    name = "apps.notifications"
    label = "notifications"
    order_hops = "apps.notifications.queries.hops_of"
