"""The map of a shop with more than it draws by hand: every new part has a place and its lines."""

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import ClassVar

import pytest
from pytest_django.fixtures import Settings

from apps.lab.map import layouts, topology
from apps.lab.map.drawing import Layout, Place
from apps.lab.map.topology import edges, nodes, shown
from apps.messaging.contracts.declaring import job, request_reply
from apps.messaging.events.streams import Consumer, Stream
from apps.messaging.jobs.job_queue import JobQueue
from apps.messaging.message import Event, Job, Payload
from apps.orders.events import ORDERS


class OrderSigned(Event):
    subject: ClassVar[str] = "orders.signed"


class VanLeft(Event):
    subject: ClassVar[str] = "vans.left"


class Count(Job):
    queue: ClassVar[str] = "counts"


class Weight(Payload):
    grams: int


VANS = Stream(name="VANS", subjects=("vans.>",))
SIGNED = Consumer(durable="signed", stream=ORDERS, handlers={OrderSigned: print})
LEFT = Consumer(durable="left", stream=VANS, handlers={VanLeft: print})
LATER = Consumer(durable="later", stream=VANS, handlers={VanLeft: print})
COUNTS = JobQueue(name="counts")
CONTRACTS = (
    job(Count, producers=["web"], consumers=["counter"]),
    *request_reply(
        "weight.lookup", Weight, Weight, group="scales", askers=["web"], responders=["scales"]
    ),
)
WORKERS = ("signed_consumer", "left_consumer", "later_consumer", "counter", "scales", "sweeper")


@pytest.fixture(autouse=True)
def more_is_declared(settings: Settings) -> Iterator[None]:
    here = __name__
    settings.MESSAGING_CONSUMERS = [
        *settings.MESSAGING_CONSUMERS,
        f"{here}.SIGNED",
        f"{here}.LEFT",
        f"{here}.LATER",
    ]
    settings.MESSAGING_QUEUES = [*settings.MESSAGING_QUEUES, f"{here}.COUNTS"]
    settings.MESSAGING_CONTRACTS = [*settings.MESSAGING_CONTRACTS, f"{here}.CONTRACTS"]
    settings.WORKERS = settings.WORKERS | dict.fromkeys(WORKERS, 1)
    forget()
    yield
    forget()


def forget() -> None:
    topology.rows_below.cache_clear()
    shown.cache_clear()


def extended() -> Iterator[Layout]:
    yield from layouts.layouts()


def overlap(a: Place, b: Place) -> bool:
    return (
        a.x < b.x + b.width
        and b.x < a.x + a.width
        and a.y < b.y + b.height
        and b.y < a.y + a.height
    )


def where(point: str, **fields: str) -> dict[str, object]:
    empty = {"worker": "", "consumer": "", "destination": ""}
    return shown(point=point, **(empty | fields))


def test_every_new_process_is_on_the_map_once() -> None:
    workers = [node.worker for node in nodes()]
    assert [workers.count(name) for name in WORKERS] == [1] * len(WORKERS)


def test_every_part_and_line_has_its_place_in_both_layouts() -> None:
    for layout in extended():
        assert set(layout.places) == {node.id for node in nodes()}
        assert set(layout.routes) == {edge.id for edge in edges()}


def test_no_two_boxes_overlap_and_all_are_within_the_drawing() -> None:
    for layout in extended():
        boxes = layout.places.items()
        assert [(a, b) for (a, p), (b, q) in combinations(boxes, 2) if overlap(p, q)] == []
        assert all(box.y + box.height <= layout.height for box in layout.places.values())
        assert all(box.x + box.width <= layout.width for box in layout.places.values())


def test_every_line_is_straight_and_crosses_no_box() -> None:
    for layout in extended():
        for edge in edges():
            for (ax, ay), (bx, by) in pairwise(layout.corners(edge)):
                assert abs(ax - bx) < 0.01 or abs(ay - by) < 0.01, (layout.name, edge.id)
                line = Place(min(ax, bx), min(ay, by), abs(ax - bx), abs(ay - by))
                inner = {
                    name: Place(box.x + 1, box.y + 1, box.width - 2, box.height - 2)
                    for name, box in layout.places.items()
                }
                crossed = [name for name, box in inner.items() if overlap(line, box)]
                assert crossed == [], (layout.name, edge.id)


def test_a_new_event_moves_from_its_stream_to_its_process() -> None:
    assert where("consumer.fetched", consumer="signed")["edge"] == "signed"
    stored = where("relay.published", consumer="jetstream", destination="vans.left")
    assert stored["node"] == "stream-VANS"
    known = where("relay.published", consumer="jetstream", destination="orders.signed")
    assert known["edge"] == "publish"


def test_a_new_job_moves_over_its_queue_to_its_worker() -> None:
    sent = where("relay.published", consumer="sqs", destination="counts")
    assert sent["node"] == "queue-counts"
    taken = where("job.received", worker="counter", consumer="counts", destination="counts")
    assert taken["node"] == "counter"


def test_a_new_request_moves_to_its_responder_and_others_do_not() -> None:
    assert where("request.sent", destination="weight.lookup")["node"] == "scales"
    assert where("request.received", worker="scales")["node"] == "scales"
    assert where("request.sent", destination="price.lookup")["edge"] == "ask"


def test_a_dead_letter_starts_at_its_process_or_at_the_collector() -> None:
    own = where("letter.buried", worker="signed_consumer", consumer="signed")
    assert own["edge"] == "signed-buries"
    collected = where("letter.buried", worker="dead_letter_collector", consumer="signed")
    assert collected["edge"] == "collector-buries"
