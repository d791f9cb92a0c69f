"""What the tests of the kit declare: teas, their consumer, cups and their queue."""

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.contracts.declaring import event, job
from apps.messaging.events.streams import Consumer
from tests.messaging.support.events import TeaBrewed, WashCup, make_consumer

DRUNK: list[int] = []


def drink(brewed: TeaBrewed) -> None:
    DRUNK.append(brewed.cups)


CONSUMER: Consumer = make_consumer(drink)
CONTRACTS = (
    event(TeaBrewed, producers=["kitchen"]),
    job(WashCup, producers=["kitchen"], consumers=["washer"]),
)


@pytest.fixture(autouse=True)
def declared(settings: Settings) -> list[int]:
    """Let these be all that is declared; return the cups that were drunk."""
    settings.MESSAGING_CONSUMERS = [f"{__name__}.CONSUMER"]
    settings.MESSAGING_QUEUES = ["tests.messaging.support.jobs.CUPS"]
    settings.MESSAGING_CONTRACTS = [f"{__name__}.CONTRACTS"]
    DRUNK.clear()
    return DRUNK
