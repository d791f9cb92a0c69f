"""Who writes and who reads each message: an app declares its own in a tuple `CONTRACTS`.

The consumers of an event are not declared: they are the durables that handle it (`declared`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from apps.messaging.message import BroadcastMessage, Event, Job, Payload


class ContractKind(StrEnum):
    """What a message is; the value is the name of the folder of its schemas."""

    EVENT = "events"
    BROADCAST = "broadcasts"
    OFFER = "offers"
    REQUEST = "requests"
    ANSWER = "answers"
    JOB = "jobs"


@dataclass(frozen=True, kw_only=True)
class Contract:
    """One version of one message.

    `address` is a subject of NATS, or for a job the name of a queue. `producers` write it and
    `consumers` read it: processes, for an event durables. `group` is its readers' queue group,
    `stream` the stream that stores an event.
    """

    kind: ContractKind
    address: str
    payload: type[Payload]
    producers: tuple[str, ...]
    consumers: tuple[str, ...] = ()
    group: str = ""
    stream: str = ""
    version: int = 1

    @property
    def name(self) -> str:
        """Return the path of its schema without the ending, like `events/teas.brewed.v1`."""
        return f"{self.kind}/{self.address}.v{self.version}"

    @property
    def ce_type(self) -> str:
        """Return the type in the headers of an event; empty for other messages."""
        return self.payload.ce_type() if issubclass(self.payload, Event) else ""


def event(message: type[Event], *, producers: Sequence[str]) -> Contract:
    """Declare an event, and the processes that record it in the outbox."""
    return Contract(
        kind=ContractKind.EVENT,
        address=message.subject,
        payload=message,
        producers=tuple(producers),
        version=message.version,
    )


def broadcast(
    message: type[BroadcastMessage], *, producers: Sequence[str], consumers: Sequence[str]
) -> Contract:
    """Declare a message on core NATS for all present listeners."""
    return Contract(
        kind=ContractKind.BROADCAST,
        address=message.subject,
        payload=message,
        producers=tuple(producers),
        consumers=tuple(consumers),
    )


def offer(
    subject: str,
    work: type[Payload],
    *,
    group: str,
    producers: Sequence[str],
    consumers: Sequence[str],
) -> Contract:
    """Declare work on core NATS for one present member of a queue group."""
    return Contract(
        kind=ContractKind.OFFER,
        address=subject,
        payload=work,
        producers=tuple(producers),
        consumers=tuple(consumers),
        group=group,
    )


def job(message: type[Job], *, producers: Sequence[str], consumers: Sequence[str]) -> Contract:
    """Declare a job on an SQS queue."""
    return Contract(
        kind=ContractKind.JOB,
        address=message.queue,
        payload=message,
        producers=tuple(producers),
        consumers=tuple(consumers),
    )


def request_reply(
    subject: str,
    request: type[Payload],
    answer: type[Payload],
    *,
    group: str,
    askers: Sequence[str],
    responders: Sequence[str],
) -> tuple[Contract, Contract]:
    """Declare a request and its answer, which goes to the inbox of the asker."""
    question = Contract(
        kind=ContractKind.REQUEST,
        address=subject,
        payload=request,
        producers=tuple(askers),
        consumers=tuple(responders),
        group=group,
    )
    reply = replace(
        question,
        kind=ContractKind.ANSWER,
        payload=answer,
        producers=tuple(responders),
        consumers=tuple(askers),
        group="",
    )
    return question, reply
