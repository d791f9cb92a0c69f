"""Durable events: everything on `orders.>` -> the sales figures of its day."""

from apps.messaging.events.consumer import consuming
from apps.sales.handlers import CONSUMER
from workers.runner import run

if __name__ == "__main__":
    run("sales_consumer", consuming(CONSUMER))
