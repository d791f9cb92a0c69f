"""Messages that nats-py alone would go deaf of."""

import json

import pytest

from apps.messaging.broadcast import Heard, listening
from apps.messaging.consumer import consuming
from apps.messaging.models import DeadLetter
from apps.messaging.responder import answering
from tests.messaging.brokers import forget, on_nats, provision, publish
from tests.messaging.events import TeaBrewed, make_consumer
from tests.messaging.raw_nats import message
from tests.messaging.raw_nats import publish as publish_raw
from tests.messaging.test_responder import service
from tests.running import running
from tests.servers import NatsServer
from tests.waiting import eventually

STRANGE = {
    "subject is no UTF-8": message(b"teas.\xff", b"?"),
    "subject has a vertical tab": message(b"teas.green\x0btea", b"?"),
    "subject has a form feed": message(b"teas.green\x0ctea", b"?"),
    "reply is no UTF-8": message(b"teas.brewed", b"?", reply=b"\xff"),
    "reply has a vertical tab": message(b"teas.brewed", b"?", reply=b"a\x0bb"),
    "status is no UTF-8": message(b"teas.brewed", b"?", headers=b"NATS/1.0 \xff\xff\xff\r\n\r\n"),
    "headers end at once": message(b"teas.brewed", b"?", headers=b"NATS/1.0"),
    "headers are cut": message(b"teas.brewed", b"?", headers=b"N"),
    "headers have a status": message(
        b"teas.brewed", b"?", headers=b"NATS/1.0 409 Consumer Deleted\r\n\r\n"
    ),
    "headers claim a status": message(
        b"teas.brewed", b"?", headers=b"NATS/1.0\r\nStatus: 503\r\n\r\n"
    ),
    "a name is empty": message(b"teas.brewed", b"?", headers=b"NATS/1.0\r\n: x\r\n\r\n"),
}
strange = pytest.mark.parametrize("sent", STRANGE.values(), ids=STRANGE.keys())


@strange
def test_a_listener_hears_it_and_the_next_one(nats_server: NatsServer, sent: bytes) -> None:
    heard: list[Heard] = []
    with running(listening("teas.>", heard.append)):
        publish_raw(nats_server, sent, message(b"teas.next", b"!"))
        eventually(lambda: len(heard) == 2)
    assert [each.body for each in heard] == [b"?", b"!"]


@strange
@pytest.mark.django_db(transaction=True)
def test_a_consumer_buries_it_and_handles_the_next_one(
    nats_server: NatsServer, sent: bytes
) -> None:
    cups: list[TeaBrewed] = []
    consumer = make_consumer(cups.append, hears_all=True)
    provision(nats_server, consumer)
    publish_raw(nats_server, sent)
    publish(nats_server, cups=2)
    with running(consuming(consumer)):
        eventually(lambda: cups and DeadLetter.objects.exists())
    assert cups == [TeaBrewed(cups=2)]
    assert DeadLetter.objects.get().body == "?"
    forget(nats_server)


def test_a_responder_answers_the_next_one(nats_server: NatsServer) -> None:
    asked = service()
    with running(answering(asked)):
        for headers in (b"NATS/1.0", b"NATS/1.0 \xff\xff\xff\r\n\r\n"):
            publish_raw(nats_server, message(asked.subject.encode(), b"{}", headers=headers))
        publish_raw(nats_server, message(asked.subject.encode(), b"{}", reply=b"\xff"))
        reply = on_nats(nats_server, lambda nc: nc.request(asked.subject, b'{"tea": "green"}'))
    assert json.loads(reply.data)["minutes"] == 3
