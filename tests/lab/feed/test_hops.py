"""The report of a process about a message at a hook."""

import json
import multiprocessing
from concurrent.futures import Future

import pytest
from pytest_django.fixtures import Settings

from apps.lab.feed import hops
from apps.lab.feed.hops import COUNTED_POINT, Hop, hop_of, report, report_now, trace_of, who_we_are
from apps.lab.feed.shown_message import ShownMessage
from apps.messaging.by_hand import nats_without_hooks
from apps.messaging.hooks.tracing import current_traceparent, following, new_traceparent
from apps.messaging.message import MAX_MESSAGE_BYTES

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    sent: list[bytes] = []
    monkeypatch.setattr(nats_without_hooks, "send", lambda subject, body, **_: sent.append(body))
    monkeypatch.setattr(hops, "ALLOWANCE", hops.Allowance(5))
    monkeypatch.setattr(hops, "COUNTED_ALLOWANCE", hops.Allowance(5))
    return sent


def test_a_hop_describes_the_whole_message() -> None:
    passing = ShownMessage(
        destination="orders.placed",
        consumer="sales",
        message_id="m-1",
        key="order-1",
        attempt=3,
        headers={"traceparent": TRACEPARENT},
        body=b'{"id": 7}',
        attributes={"sequence": 12},
    )
    found = hop_of("consumer.fetched", passing)
    assert (found.destination, found.consumer, found.key, found.attempt) == (
        "orders.placed",
        "sales",
        "order-1",
        3,
    )
    assert (found.trace, found.body, found.attributes) == (TRACE, '{"id": 7}', {"sequence": 12})
    assert Hop.read(found.to_json()) == found


def test_a_message_without_a_trace_gets_the_current_one() -> None:
    with following(TRACEPARENT):
        assert hop_of("mail.sent", ShownMessage()).trace == trace_of(current_traceparent()) == TRACE


@pytest.mark.parametrize("nonsense", ["", "00", "a-b"])
def test_an_invalid_traceparent_is_no_trace(nonsense: str) -> None:
    assert trace_of(nonsense) == ""


def test_a_body_of_bytes_is_reported() -> None:
    assert hop_of("job.received", ShownMessage(body=b"\xff\x00")).body == "\\xff\x00"


def test_the_longest_message_fits_on_the_wire() -> None:
    passing = ShownMessage(headers={"name": "ä" * (MAX_MESSAGE_BYTES // 2)}, body="\x00" * 60_000)
    assert len(hop_of("job.received", passing).to_json().encode()) < 1_000_000


def test_hops_above_the_limit_are_not_reported(sent: list[bytes]) -> None:
    report("job.received", [ShownMessage()] * 20)
    assert 5 <= len(sent) <= 10  # A second may have ended in between.


def test_counted_hops_have_a_limit_of_their_own(sent: list[bytes]) -> None:
    report("job.received", [ShownMessage()] * 20)
    before = len(sent)
    report(COUNTED_POINT, [ShownMessage()] * 20)
    assert 5 <= len(sent) - before <= 10


def test_a_message_of_a_trace_that_is_not_sampled_is_reported_only_where_it_is_counted(
    sent: list[bytes],
) -> None:
    unsampled = ShownMessage(headers={"traceparent": new_traceparent(is_sampled=False)})
    report("consumer.fetched", [unsampled])
    with hops.new_trace(is_shown=False):
        report("mail.sent", [ShownMessage()])
    assert sent == []
    report(COUNTED_POINT, [unsampled])
    assert len(sent) == 1


def test_an_urgent_hop_ignores_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited_for: list[bytes] = []

    def send(subject: str, body: bytes) -> Future[None]:
        waited_for.append(body)
        done: Future[None] = Future()
        done.set_result(None)
        return done

    monkeypatch.setattr(nats_without_hooks, "send_and_flush", send)
    monkeypatch.setattr(hops, "ALLOWANCE", hops.Allowance(0))
    report_now("fault.known", ShownMessage())
    assert [json.loads(body)["point"] for body in waited_for] == ["fault.known"]


def test_each_message_of_a_batch_is_reported(sent: list[bytes]) -> None:
    report("relay.claimed", [ShownMessage(message_id="a"), ShownMessage(message_id="b")])
    assert [json.loads(body)["message_id"] for body in sent] == ["a", "b"]


def test_a_process_without_worker_name_is_web(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WORKER_INSTANCE = "2"
    assert (who_we_are()["worker"], who_we_are()["instance"]) == ("web", "2")
    monkeypatch.setattr(multiprocessing.current_process(), "name", "sales_consumer")
    assert who_we_are()["worker"] == "sales_consumer"
