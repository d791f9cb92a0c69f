"""The map knows every point, worker and way of the shop."""

from django.conf import settings

from apps.lab.map.topology import EDGES, NODES, shown
from apps.messaging.hooks.points import POINTS


def where(point: str, *, worker: str = "", consumer: str = "", destination: str = "") -> str:
    found = shown(point=point, worker=worker, consumer=consumer, destination=destination)
    return str(found.get("edge") or found.get("node"))


def test_every_point_is_drawn() -> None:
    all_runs = [run for edge in EDGES for run in edge.runs] + [
        run for node in NODES for run in node.at
    ]
    drawn = {run.point for run in all_runs}
    assert drawn == set(POINTS)


def test_every_worker_is_on_the_map() -> None:
    assert {node.worker for node in NODES if node.worker} == {"web", *settings.WORKERS}


def test_every_way_begins_and_ends_at_a_part() -> None:
    parts = {node.id for node in NODES}
    assert {edge.start for edge in EDGES} | {edge.end for edge in EDGES} <= parts


def test_an_event_goes_from_the_shop_to_the_outbox() -> None:
    assert where("outbox.recorded", worker="web", destination="orders.placed") == "record"


def test_what_the_fulfilment_records_comes_from_there() -> None:
    assert where("outbox.recorded", worker="fulfilment_consumer") == "decide"


def test_a_job_takes_the_way_of_sqs() -> None:
    assert where("relay.published", consumer="sqs", destination="jobs") == "send"


def test_a_consumer_has_a_way_of_its_own() -> None:
    assert where("consumer.fetched", consumer="sales", destination="orders.placed") == "sales"


def test_an_acknowledgement_runs_back() -> None:
    found = shown(point="consumer.acknowledged", worker="", consumer="sales", destination="")
    assert found["back"]
    assert found["node"] == "stream"


def test_what_the_collector_buries_comes_from_the_collector() -> None:
    buried = {"consumer": "fulfilment", "destination": "orders.placed"}
    assert where("letter.buried", worker="dead_letter_collector", **buried) == "collector-buries"
    assert where("letter.buried", worker="fulfilment_consumer", **buried) == "fulfilment-buries"


def test_a_message_of_an_experiment_lights_up_nobody_elses_worker() -> None:
    assert shown(point="job.received", worker="web", consumer="lab", destination="lab") == {}
