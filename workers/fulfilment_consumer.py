"""Durable events: `orders.placed` -> stock is reserved, the order confirmed or rejected."""

from apps.fulfilment.handlers import CONSUMER
from apps.messaging.events.consumer import consuming
from workers.runner import run

if __name__ == "__main__":
    run("fulfilment_consumer", consuming(CONSUMER))
