"""`track.parcel`, asked of a real responder by a foreign client and by ours."""

import json
from collections.abc import Iterator

import pytest
from nats.aio.msg import Msg
from nats.micro.request import ERROR_CODE_HEADER

from apps.messaging.errors import NoResponder
from apps.messaging.request_reply.responder import answering
from apps.parcels import services
from apps.parcels.client import track
from apps.parcels.contract import ParcelState
from apps.parcels.errors import UnknownParcel
from apps.parcels.responders import SERVICE
from tests.messaging.support.brokers import on_nats
from tests.support.nats_server import NatsServer
from tests.support.running import running

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def responder(nats_server: NatsServer) -> Iterator[NatsServer]:
    with running(answering(SERVICE), name="parcel_responder"):
        yield nats_server


def ask(server: NatsServer, body: bytes) -> Msg:
    return on_nats(server, lambda nc: nc.request("track.parcel", body, timeout=10))


@pytest.mark.usefixtures("responder")
def test_the_answer_tells_what_was_done() -> None:
    parcel = services.send_parcel(address="1 Quay Lane")
    assert track(parcel.id) == ParcelState(label="", noticed=False)
    services.print_label(id=parcel.id)
    services.make_notice(id=parcel.id)
    assert track(parcel.id) == ParcelState(label="To: 1 Quay Lane", noticed=True)


@pytest.mark.usefixtures("responder")
def test_a_parcel_that_there_is_not_is_unknown() -> None:
    with pytest.raises(UnknownParcel, match="there is no parcel 7"):
        track(7)


def test_a_foreign_client_needs_no_headers(responder: NatsServer) -> None:
    parcel = services.send_parcel(address="1 Quay Lane")
    reply = ask(responder, f'{{"id": {parcel.id}}}'.encode())
    assert json.loads(reply.data) == {"label": "", "noticed": False}


@pytest.mark.parametrize(("body", "code"), [(b"parcel 7?", "400"), (b'{"id": 7}', "404")])
def test_a_wrong_question_is_refused(responder: NatsServer, body: bytes, code: str) -> None:
    reply = ask(responder, body)
    assert (reply.headers or {})[ERROR_CODE_HEADER] == code


@pytest.mark.usefixtures("nats_server")
def test_without_a_responder_the_caller_knows_at_once() -> None:
    with pytest.raises(NoResponder):
        track(7)
