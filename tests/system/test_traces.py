"""One order is one trace, from the request to the mail, and so is one photo: by every process."""

from collections.abc import Callable, Iterator

import pytest

from apps.messaging.tracing.described import KEY
from tests.acceptance.pictures import photo
from tests.acceptance.shop import Shop
from tests.demo.running import RunningDemo
from tests.support.otlp import OtlpReceiver, otlp_receiver
from tests.support.waiting import eventually

type Tree = set[tuple[str, str, str, str]]

SKU = "ABC"
PLACING, ADDING = "POST /api/orders", "POST /api/products/<stored_sku:sku>/photos"
ORDER: Tree = {
    ("", "web", "SERVER", PLACING),
    (PLACING, "web", "CLIENT", "price.lookup"),
    ("price.lookup", "price_responder", "SERVER", "price.lookup"),
    (PLACING, "web", "PRODUCER", "create orders.placed"),
    ("create orders.placed", "outbox_relay", "CLIENT", "send orders.placed"),
    ("create orders.placed", "fulfilment_consumer", "CONSUMER", "process orders.placed"),
    ("create orders.placed", "sales_consumer", "CONSUMER", "process orders.placed"),
    ("create orders.placed", "order_listener", "CONSUMER", "process orders.placed"),
    ("process orders.placed", "fulfilment_consumer", "PRODUCER", "create orders.confirmed"),
    ("create orders.confirmed", "outbox_relay", "CLIENT", "send orders.confirmed"),
    ("create orders.confirmed", "sales_consumer", "CONSUMER", "process orders.confirmed"),
    ("create orders.confirmed", "notification_consumer", "CONSUMER", "process orders.confirmed"),
    ("create orders.confirmed", "order_listener", "CONSUMER", "process orders.confirmed"),
    ("process orders.confirmed", "notification_consumer", "PRODUCER", "send celery"),
    ("send celery", "celery", "CONSUMER", "process celery"),
    ("process celery", "celery", "CLIENT", "send mail"),
}
WHO_LOGS = {
    *("web", "fulfilment_consumer", "sales_consumer", "notification_consumer", "order_listener"),
    "celery",
}
PHOTO: Tree = {
    ("", "web", "SERVER", ADDING),
    (ADDING, "web", "PRODUCER", "send jobs.resize"),
    ("send jobs.resize", "preview_resizer", "CONSUMER", "process jobs.resize"),
    (ADDING, "web", "PRODUCER", "create jobs"),
    ("create jobs", "outbox_relay", "CLIENT", "send jobs"),
    ("create jobs", "image_resizer", "CLIENT", "receive jobs"),
    ("create jobs", "image_resizer", "CONSUMER", "process jobs"),
}


@pytest.fixture(scope="module")
def receiver() -> Iterator[OtlpReceiver]:
    with otlp_receiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def traced_demo(
    new_demo: Callable[[str], RunningDemo], receiver: OtlpReceiver
) -> Iterator[RunningDemo]:
    demo = new_demo("traced")
    demo.environment |= {
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "OTEL_BLRP_SCHEDULE_DELAY": "200",
        "PRICE_LOOKUP_TIMEOUT": "4",
    }
    demo.start()
    yield demo
    assert demo.stop()[0] == 0


@pytest.fixture(scope="module")
def shop(traced_demo: RunningDemo) -> Shop:
    return Shop(f"http://127.0.0.1:{traced_demo.port}")


def trace_with(receiver: OtlpReceiver, name: str) -> str:
    """Return the only trace with a span of this name, once that has arrived."""

    def found() -> set[str]:
        return {span.trace for span in receiver.all() if span.name == name}

    (trace,) = eventually(found, within=30, what=f"a span {name}") or set()
    return trace


def wait_for(receiver: OtlpReceiver, tree: Tree, *, trace: str) -> None:
    """Wait until all of the tree has arrived, and no more of this trace."""
    try:
        eventually(lambda: receiver.tree(trace) >= tree, within=60)
    except AssertionError:
        assert receiver.tree(trace) == tree
    assert receiver.tree(trace) == tree


def test_one_order_is_one_tree(shop: Shop, receiver: OtlpReceiver) -> None:
    order = shop.buy(SKU)
    trace = trace_with(receiver, PLACING)
    wait_for(receiver, ORDER, trace=trace)
    keyed = [span for span in receiver.of_trace(trace) if KEY in span.attributes]
    assert {span.attributes[KEY] for span in keyed} == {order}


def test_every_process_logs_the_trace_of_an_order(
    shop: Shop, traced_demo: RunningDemo, receiver: OtlpReceiver
) -> None:
    order = shop.buy(SKU)
    found = eventually(lambda: [span for span in receiver.all() if order in str(span.attributes)])
    assert found
    trace = found[0].trace

    def who_logs_it() -> set[str]:
        lines = traced_demo.log.splitlines()
        return {line.split(" | ")[0].strip() for line in lines if f"trace_id={trace}" in line}

    eventually(lambda: who_logs_it() >= WHO_LOGS, within=60, what=f"{WHO_LOGS} log {trace}")

    def whose_line_arrived() -> set[str]:
        return {line.service for line in receiver.lines() if line.trace == trace}

    eventually(lambda: whose_line_arrived() >= WHO_LOGS, within=60, what="the receiver has them")
    shown = traced_demo.manage("follow", order).stdout
    assert f"trace {trace}" in shown
    assert "handled fulfilment" in shown


def no_job_waits(shop: Shop) -> bool:
    status = shop.status()
    (jobs,) = [each for each in status["queues"] if each["name"] == "jobs"]
    return not (jobs["visible"] or jobs["in_flight"] or status["outbox"]["unsent"])


def test_one_photo_is_one_tree(
    shop: Shop, traced_demo: RunningDemo, receiver: OtlpReceiver
) -> None:
    # A poll that brings the seed's jobs as well is a trace of its own.
    eventually(lambda: no_job_waits(shop), within=60, what="the seed's photos are done")
    token = traced_demo.manage("api_token", "staff").stdout.splitlines()[-1]
    assert shop.upload(SKU, photo(64, 48), token=token).status == 202
    wait_for(receiver, PHOTO, trace=trace_with(receiver, ADDING))
