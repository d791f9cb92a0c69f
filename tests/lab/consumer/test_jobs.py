"""A visitor's queue on a real SQS server: each call with a handle, and what his log says of it."""

from datetime import timedelta

import pytest

from apps.lab.consumer import jobs, workbenches
from apps.lab.models import HandDelivery, Workbench
from tests.support.moto_server import MotoServer
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def queue(bench: Workbench) -> Workbench:
    jobs.make_queue(bench)
    jobs.send(bench)
    bench.refresh_from_db()
    return bench


def receive(bench: Workbench) -> HandDelivery:
    last = bench.deliveries.first()

    def received() -> HandDelivery | None:
        jobs.receive(bench)
        newest = bench.deliveries.first()
        return newest if newest and newest != last else None

    found = eventually(received, what=lambda: last_line(bench))
    assert found
    return found


def last_line(bench: Workbench) -> str:
    bench.refresh_from_db()
    return str(bench.log[-1][1])


def test_a_job_is_received_and_deleted(queue: Workbench) -> None:
    delivery = receive(queue)
    assert '"number":1' in delivery.body
    assert delivery.headers["ce-subject"] == f"{queue}:1"
    jobs.answer(queue, delivery.pk, jobs.DELETE)
    assert "answers with success" in last_line(queue)
    assert "Now visible: 0, hidden: 0." in last_line(queue)


def test_a_job_that_lapses_is_met_again_with_a_new_handle(
    queue: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbenches, "VISIBILITY", timedelta(seconds=1))
    first, second = receive(queue), receive(queue)
    assert (first.message, second.attempt) == (second.message, 2)
    assert first.handle != second.handle
    jobs.answer(queue, first.pk, jobs.DELETE)
    assert "older than that of receive 2" in last_line(queue)
    assert "Do not rely on it" in last_line(queue)
    monkeypatch.setattr(workbenches, "VISIBILITY", timedelta(seconds=30))
    jobs.answer(queue, second.pk, jobs.DELETE)
    assert "with the handle of receive 2" in last_line(queue)
    assert "Now visible: 0, hidden: 0." in last_line(queue)


def test_a_job_that_is_shown_again_is_met_again(queue: Workbench) -> None:
    jobs.answer(queue, receive(queue).pk, jobs.SHOW)
    assert receive(queue).attempt == 2


def test_the_handle_of_a_shown_job_can_still_be_tried_for_a_delete(queue: Workbench) -> None:
    first = receive(queue)
    jobs.answer(queue, first.pk, jobs.SHOW)
    second = receive(queue)
    for how in (jobs.SHOW, jobs.EXTEND):
        before = last_line(queue)
        jobs.answer(queue, first.pk, how)
        assert last_line(queue) == before
    jobs.answer(queue, first.pk, jobs.DELETE)
    assert "older than that of receive 2" in last_line(queue)
    first.refresh_from_db()
    assert (first.ended, second.ended) == (jobs.DELETE, "")


def test_a_job_is_hidden_for_longer(queue: Workbench) -> None:
    delivery = receive(queue)
    before = delivery.until
    jobs.answer(queue, delivery.pk, jobs.EXTEND)
    delivery.refresh_from_db()
    assert delivery.until > before
    assert delivery.ended == ""


def test_an_empty_queue_says_so(queue: Workbench) -> None:
    receive(queue)
    jobs.receive(queue)
    assert last_line(queue).startswith("Received for a second, and no job is visible.")


def test_a_queue_that_is_gone_is_named(queue: Workbench, sqs_server: MotoServer) -> None:
    delivery = receive(queue)
    sqs_server.forget()
    jobs.answer(queue, delivery.pk, jobs.DELETE)
    assert "failed: " in last_line(queue)


def test_a_refusal_of_a_handle_is_shown(queue: Workbench) -> None:
    delivery = receive(queue)
    HandDelivery.objects.filter(pk=delivery.pk).update(handle="nothing")
    jobs.answer(queue, delivery.pk, jobs.DELETE)
    assert "SQS answers ReceiptHandleIsInvalid, and changes nothing" in last_line(queue)
    delivery.refresh_from_db()
    assert delivery.ended == ""


def test_no_more_deliveries_are_kept_than_are_shown(queue: Workbench) -> None:
    for _ in range(10):
        jobs.answer(queue, receive(queue).pk, jobs.SHOW)
    assert queue.deliveries.count() == 8
