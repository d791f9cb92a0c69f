"""Durable events: an order's end -> a mail is due, and Celery is asked to send it."""

import orders_site.celery  # noqa: F401  the app whose tasks the handler enqueues
from apps.messaging.events.consumer import consuming
from apps.notifications.handlers import CONSUMER
from workers.runner import run

if __name__ == "__main__":
    run("notification_consumer", consuming(CONSUMER))
