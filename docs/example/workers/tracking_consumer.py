"""Durable events: `parcels.sent` -> the notice to the receiver."""

from apps.messaging.events.consumer import consuming
from apps.parcels.handlers import CONSUMER
from workers.runner import run

if __name__ == "__main__":
    run("tracking_consumer", consuming(CONSUMER))
