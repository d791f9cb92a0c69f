"""One contract of each kind, of the tests' own, and the folder that describes them."""

from pathlib import Path
from typing import ClassVar

from pytest_django.fixtures import Settings

from apps.messaging.contracts.declaring import (
    Contract,
    broadcast,
    event,
    job,
    offer,
    request_reply,
)
from apps.messaging.message import BroadcastMessage
from tests.messaging.support.events import TeaBrewed, WashCup, make_consumer
from tests.messaging.support.jobs import CUPS
from tests.messaging.support.questions import SUBJECT, Minutes, Question

HERE = __name__
DRINKER = make_consumer(print)
QUEUE = CUPS


class PotEmpty(BroadcastMessage):
    subject: ClassVar[str] = "pots.empty"

    pot: str


CONTRACTS: tuple[Contract, ...] = (
    event(TeaBrewed, producers=["kitchen"]),
    broadcast(PotEmpty, producers=["kitchen"], consumers=["waiter"]),
    offer("cups.dry", WashCup, group="driers", producers=["kitchen"], consumers=["drier"]),
    *request_reply(
        SUBJECT, Question, Minutes, group="cooks", askers=["waiter"], responders=["kitchen"]
    ),
    job(WashCup, producers=["waiter"], consumers=["washer"]),
)
EXAMPLES = {
    "events/teas.brewed.v1": '{"cups": 3}',
    "broadcasts/pots.empty.v1": '{"pot": "green"}',
    "offers/cups.dry.v1": '{"cup": 1}',
    "requests/kitchen.how_long.v1": '{"tea": "green"}',
    "answers/kitchen.how_long.v1": '{"minutes": 3}',
    "jobs/cups.v1": '{"cup": 1}',
}


def declare(settings: Settings) -> None:
    """Let these be all contracts that are declared."""
    settings.MESSAGING_CONTRACTS = [f"{HERE}.CONTRACTS"]
    settings.MESSAGING_STREAMS = ["tests.messaging.support.events.TEAS"]
    settings.MESSAGING_CONSUMERS = [f"{HERE}.DRINKER"]
    settings.MESSAGING_QUEUES = [f"{HERE}.QUEUE"]


def write_examples(folder: Path) -> None:
    """Put a golden message of each contract into the folder."""
    for name, text in EXAMPLES.items():
        path = folder / "examples" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
