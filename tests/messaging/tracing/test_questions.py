"""Spans of a question: the asker's, and below it the answer's in the responder."""

import pytest

from apps.messaging.errors import NoResponder
from apps.messaging.hooks.tracing import current_traceparent, following
from apps.messaging.request_reply.client import ask
from apps.messaging.request_reply.responder import answering
from tests.messaging.support.questions import SUBJECT, Minutes, Question, service
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.spans import CALLER, SPAN, TRACE, Spans, id_of, parent_of, trace_of
from tests.support.waiting import eventually


@pytest.mark.parametrize("threads", [0, 2])
def test_the_answer_is_below_the_question(
    nats_server: NatsServer, spans: Spans, threads: int
) -> None:
    seen: list[str] = []

    def answer(_body: bytes) -> Minutes:
        seen.append(current_traceparent())
        return Minutes(minutes=3)

    with running(answering(service(answer, threads=threads))), following(CALLER):
        ask(SUBJECT, Question(tea="green"), Minutes, timeout=60)
    eventually(lambda: len(spans.all()) == 2)
    assert spans.tree() == [("", "CLIENT", SUBJECT), (SUBJECT, "SERVER", SUBJECT)]
    asked, answered = (
        next(span for span in spans.all() if span.kind.name == kind)
        for kind in ("CLIENT", "SERVER")
    )
    assert (trace_of(answered), parent_of(asked), parent_of(answered)) == (
        TRACE,
        SPAN,
        id_of(asked),
    )
    assert seen == [f"00-{TRACE}-{id_of(answered)}-01"]
    assert dict(answered.attributes or {}) == {
        "rpc.system.name": "nats",
        "rpc.method": SUBJECT,
        "messaging.system": "nats",
        "messaging.destination.name": SUBJECT,
    }


def test_a_question_without_an_answer_is_an_error(nats_server: NatsServer, spans: Spans) -> None:
    with pytest.raises(NoResponder):
        ask(SUBJECT, Question(tea="green"), Minutes, timeout=5)
    assert (spans.one(SUBJECT).attributes or {})["error.type"] == "NoResponder"
