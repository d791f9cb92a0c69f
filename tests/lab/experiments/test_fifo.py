"""The experiment with a FIFO queue, on a real SQS server."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from apps.lab.experiments import fifo, runner
from apps.lab.models import Run
from apps.messaging.brokers.sqs import client
from apps.messaging.by_hand import sqs_at_terminal
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def servers(nats_server: NatsServer, sqs_server: MotoServer) -> Iterator[None]:
    yield
    assert client().list_queues().get("QueueUrls", []) == []


def outcome() -> Run:
    begun = runner.begin(fifo.EXPERIMENT)
    ended = Run.objects.filter(pk=begun.pk, ended_at__isnull=False)
    eventually(ended.exists, within=150.0, what="the experiment")
    return ended.get()


def counted(run: Run) -> dict[str, str]:
    return {what: counted for what, _, counted, _ in run.counts}


def changed(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[..., Any]:
    """Return the call to SQS, with other parameters for a message that is sent."""

    def call(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        sent = change(parameters) if operation == "send_message" else parameters
        return sqs_at_terminal.call(operation, sent)

    return call


def test_a_job_in_flight_holds_up_its_group_alone() -> None:
    run = outcome()
    assert run.state == Run.State.HELD, (run.counts, run.steps)
    assert counted(run) == {
        "of group B, while A1 is in flight": "['B1', 'B2']",
        "of group A, while A1 is in flight": "[]",
        "of group A afterwards, in this order": "['A1', 'A2', 'A3']",
    }


def test_without_a_common_group_the_order_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    own_group = changed(lambda sent: sent | {"MessageGroupId": sent["MessageBody"]})
    monkeypatch.setattr(fifo, "call", own_group)
    run = outcome()
    assert run.state == Run.State.BROKEN
    assert counted(run)["of group A, while A1 is in flight"] == "['A2', 'A3']"


def test_a_repeat_with_another_deduplication_id_comes_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = iter("abcdefghijk")
    monkeypatch.setattr(
        fifo, "call", changed(lambda sent: sent | {"MessageDeduplicationId": next(ids)})
    )
    run = outcome()
    assert run.state == Run.State.BROKEN
    assert counted(run)["of group A afterwards, in this order"] == "['A1', 'A2', 'A3', 'A1']"
