"""A request and its answer of the tests' own, so that request-reply is tested without the shop."""

from collections.abc import Callable

from apps.messaging.message import Payload
from apps.messaging.request_reply.responder import Service

SUBJECT = "kitchen.how_long"


class Question(Payload):
    tea: str


class Minutes(Payload):
    minutes: int


def three_minutes(body: bytes) -> Minutes:
    Question.read(body)
    return Minutes(minutes=3)


def service(handle: Callable[[bytes], Payload] = three_minutes, *, threads: int = 0) -> Service:
    return Service(
        name="kitchen",
        description="How long tea takes",
        subject=SUBJECT,
        group="cooks",
        handle=handle,
        threads=threads,
    )
