"""Spans of a job: recorded, sent to SQS, received, and done."""

import pytest

from apps.messaging.hooks.tracing import following
from apps.messaging.jobs.job_queue import provision, send_batch
from apps.messaging.jobs.worker import working
from tests.messaging.support.jobs import CUPS, is_empty, make_outgoing
from tests.support.moto_server import MotoServer
from tests.support.running import running
from tests.support.spans import CALLER, SPAN, TRACE, Spans, linked, parent_of, trace_of
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_job_is_received_and_done_below_its_sender(sqs_server: MotoServer, spans: Spans) -> None:
    provision(CUPS)
    send_batch([make_outgoing(headers={"ce-id": "job-1", "traceparent": CALLER})])
    with running(working(CUPS, lambda _: None)):
        eventually(lambda: spans.named("process cups") and is_empty(CUPS))
    received, processed = spans.one("receive cups"), spans.one("process cups")
    for span, kind in ((received, "CLIENT"), (processed, "CONSUMER")):
        assert (trace_of(span), parent_of(span), span.kind.name) == (TRACE, SPAN, kind)
        assert linked(span) == [SPAN]
        assert (span.attributes or {})["messaging.system"] == "aws_sqs"
    assert (processed.attributes or {})["messaging.message.id"] == "job-1"


def test_a_poll_that_receives_nothing_has_no_span(sqs_server: MotoServer, spans: Spans) -> None:
    provision(CUPS)
    with running(working(CUPS, lambda _: None)) as worker:
        seen = worker.last_step
        eventually(lambda: worker.last_step > seen)
    assert spans.all() == []


def test_several_jobs_of_one_poll_are_linked(sqs_server: MotoServer, spans: Spans) -> None:
    provision(CUPS)
    senders = [f"00-{number:032x}-{number:016x}-01" for number in (1, 2)]
    send_batch(
        [make_outgoing(headers={"ce-id": each[-5:], "traceparent": each}) for each in senders]
    )
    with following(""), running(working(CUPS, lambda _: None)):
        eventually(lambda: len(spans.named("process cups")) == 2 and is_empty(CUPS))
    found = {link for span in spans.named("receive cups") for link in linked(span)}
    assert found == {f"{number:016x}" for number in (1, 2)}
