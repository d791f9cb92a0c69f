"""Publish-subscribe, the listening side: a log line for each present message on `orders.>`."""

import logging

from apps.messaging.pubsub.broadcast import listening
from apps.messaging.pubsub.core_message import CoreMessage
from apps.orders.events import ORDERS
from workers.runner import run

logger = logging.getLogger("workers.order_listener")


def log(message: CoreMessage) -> None:
    size = len(message.body)
    fields = {"subject": message.subject, "message_id": message.message_id, "size": size}
    logger.info("message received", extra=fields)


if __name__ == "__main__":
    run("order_listener", listening(ORDERS.subjects[0], log))
