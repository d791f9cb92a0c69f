"""The rights of the lab in `deploy/nats.conf` and in compose: those it needs, and no more."""

from functools import partial
from urllib.parse import urlsplit

import pytest
from pytest_django.fixtures import Settings

from apps.lab.consumer.workbenches import NUMBERS, durable_of
from apps.lab.messages import LabAnswer, LabQuestion
from apps.lab.models import Workbench
from apps.messaging import request_reply
from apps.messaging.request_reply.responder import Service, answering
from tests.deploy.compose_file import SERVICES, with_defaults
from tests.deploy.conftest import Be
from tests.deploy.lab_rights import MUST_NOT, NEEDS
from tests.deploy.nats_rights import publish
from tests.deploy.nats_users import Work, on_nats_as, url_of
from tests.support.logged import messages_by
from tests.support.nats_server import NatsServer
from tests.support.running import running

BROKERS = "apps.messaging.brokers"
"""It logs what NATS refuses."""
RESPONDER = Service(
    name="lab",
    description="An experiment's responder",
    subject="lab.question.2",
    group="lab",
    handle=lambda _: LabAnswer(number=2, by="a test"),
)


@pytest.mark.parametrize(("user", "work"), NEEDS, ids=[user for user, _ in NEEDS])
def test_the_lab_may_do_what_it_needs(server: NatsServer, user: str, work: Work[object]) -> None:
    assert on_nats_as(server, user, work) == (None, [])


@pytest.mark.parametrize(("user", "work"), MUST_NOT, ids=[user for user, _ in MUST_NOT])
def test_the_lab_may_do_nothing_else(server: NatsServer, user: str, work: Work[object]) -> None:
    _, refused = on_nats_as(server, user, work)
    assert "permissions violation" in refused[0].lower()


def test_the_responder_of_an_experiment_can_answer_web(
    be: Be, caplog: pytest.LogCaptureFixture
) -> None:
    be("lab")
    with running(answering(RESPONDER)):
        be("web")
        ask = partial(request_reply.ask, RESPONDER.subject, LabQuestion(number=2), LabAnswer)
        assert (ask(timeout=10).by, messages_by(BROKERS, caplog)) == ("a test", [])


def test_a_visitor_can_be_the_consumer(
    server: NatsServer, be: Be, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.LAB_NATS_URL = url_of(server, "lab")
    on_nats_as(server, "developer", publish("orders.placed"))
    be("web")
    for number in NUMBERS:
        durable = durable_of(Workbench(number=number))
        durable.make(subject="orders.placed", is_for_new_events=False)
        taken = durable.take()
        assert taken
        for kind in ("+WPI", "-NAK", "+TERM"):
            durable.answer(taken.answer_to, kind)
        assert durable.state()
        durable.remove()
    assert messages_by(BROKERS, caplog) == []


def test_members_have_their_own_user() -> None:
    url = urlsplit(with_defaults(SERVICES["web"]["environment"]["LAB_NATS_URL"]))
    assert (url.username, url.password, url.port) == ("lab", "demo", 4222)
