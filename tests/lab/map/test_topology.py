"""The map has every hook, worker and line of the shop."""

from django.conf import settings

from apps.lab.map import typed_points
from apps.lab.map.topology import edges, nodes, shown
from apps.messaging.hooks.points import POINTS


def where(point: str, *, worker: str = "", consumer: str = "", destination: str = "") -> str:
    found = shown(point=point, worker=worker, consumer=consumer, destination=destination)
    return str(found.get("edge") or found.get("node"))


def test_every_hook_is_drawn() -> None:
    all_runs = [run for edge in edges() for run in edge.runs] + [
        run for node in nodes() for run in node.at
    ]
    drawn = {run.point for run in all_runs}
    assert drawn == {*POINTS, *typed_points.POINTS}


def test_every_worker_is_on_the_map() -> None:
    assert {node.worker for node in nodes() if node.worker} == {"web", *settings.WORKERS}


def test_every_line_joins_two_parts() -> None:
    parts = {node.id for node in nodes()}
    assert {edge.start for edge in edges()} | {edge.end for edge in edges()} <= parts


def test_an_event_moves_from_shop_to_outbox() -> None:
    assert where("outbox.recorded", worker="web", destination="orders.placed") == "record"


def test_an_event_of_fulfilment_starts_there() -> None:
    assert where("outbox.recorded", worker="fulfilment_consumer") == "decide"


def test_a_job_moves_to_the_sqs_queue() -> None:
    assert where("relay.published", consumer="sqs", destination="jobs") == "send"


def test_each_consumer_has_its_own_line() -> None:
    assert where("consumer.fetched", consumer="sales", destination="orders.placed") == "sales"


def test_an_acknowledgement_moves_back() -> None:
    found = shown(point="consumer.acknowledged", worker="", consumer="sales", destination="")
    assert found["back"]
    assert found["node"] == "stream"


def test_dead_letters_of_the_collector_start_there() -> None:
    buried = {"consumer": "fulfilment", "destination": "orders.placed"}
    assert where("letter.buried", worker="dead_letter_collector", **buried) == "collector-buries"
    assert where("letter.buried", worker="fulfilment_consumer", **buried) == "fulfilment-buries"


def test_an_experiments_message_lights_no_shop_worker() -> None:
    assert shown(point="job.received", worker="web", consumer="lab", destination="lab") == {}


def test_the_stream_lights_up_for_a_visitor_who_is_the_consumer() -> None:
    place = shown(
        point="consumer.fetched", worker="web", consumer="by-hand-1", destination="orders.placed"
    )
    assert place == {"node": "stream", "page": "durable-events"}
