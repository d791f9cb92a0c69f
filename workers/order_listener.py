"""Publish-subscribe, the hearing side: a log line for each message on `orders.>` as it flies by."""

import logging

from apps.messaging.pubsub.broadcast import listening
from apps.messaging.pubsub.core_message import CoreMessage
from apps.orders.events import ORDERS
from workers.runner import run

logger = logging.getLogger("workers.order_listener")


def log(heard: CoreMessage) -> None:
    fields = {"subject": heard.subject, "message_id": heard.message_id, "size": len(heard.body)}
    logger.info("heard", extra=fields)


if __name__ == "__main__":
    run("order_listener", listening(ORDERS.subjects[0], log))
