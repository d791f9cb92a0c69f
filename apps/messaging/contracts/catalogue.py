"""The page of all messages: address, version, who writes it, who reads it, schema and example."""

from collections.abc import Sequence

from apps.messaging.brokers.queue_names import CELERY
from apps.messaging.contracts.declared import queue_of
from apps.messaging.contracts.declaring import Contract, ContractKind
from apps.messaging.events.streams import (
    ADVISORIES,
    ADVISORY_DURABLE,
    declared_consumers,
    streams_of_events,
)

_COLLECTOR = f"`{ADVISORY_DURABLE}`"

_OPENING = """\
# The messages

`manage.py contracts` writes this folder from the code; only `examples` is written by hand. A
released version of a message stays as it is, or changes so that no old reader or writer breaks:
`make check` compares it with `released`.

* `events`, `broadcasts`, …: JSON Schema (2020-12) of each version of each message.
* [`asyncapi.json`](asyncapi.json): the same as one AsyncAPI 3.0 document, with headers and queues.
* `examples`: one message of each version, as it travels. It never changes, and stays readable.
* `released`: the schemas that the last release had.

A reader ignores fields that it does not know. Money is a JSON number with at most two decimals: a
validator that divides floating-point numbers needs its option for that (`multipleOfPrecision`).
"""

_ABOUT = {
    ContractKind.EVENT: (
        "Events",
        "subject",
        (
            "On JetStream: each durable that reads a subject gets every event of it. A plain "
            "subscriber of the subject gets the same messages, but only while it listens."
        ),
    ),
    ContractKind.BROADCAST: ("Broadcasts", "subject", "On core NATS, for all present listeners."),
    ContractKind.OFFER: (
        "Offered work",
        "subject",
        "On core NATS, for one present member of the queue group.",
    ),
    ContractKind.REQUEST: (
        "Requests",
        "subject",
        (
            "On core NATS. One member of the queue group answers, or refuses by the headers "
            "`Nats-Service-Error` and `Nats-Service-Error-Code`."
        ),
    ),
    ContractKind.ANSWER: ("Answers", "request", "To the inbox of the asker."),
    ContractKind.JOB: ("Jobs", "queue", "On SQS. One worker gets it."),
}
"""Heading, name of the address, and a sentence about each kind."""


def page(contracts: Sequence[Contract]) -> str:
    """Return the page in Markdown: a table for each kind of message that there is."""
    kinds = [kind for kind in ContractKind if any(each.kind is kind for each in contracts)]
    sections = [_section(kind, contracts) for kind in kinds]
    return "\n".join([_OPENING, *sections, _section_of_places(contracts)])


def _section(kind: ContractKind, contracts: Sequence[Contract]) -> str:
    heading, address, about = _ABOUT[kind]
    own = [each for each in contracts if each.kind is kind]
    groups = {each.stream or each.group for each in own} - {""}
    place = ("stream" if kind is ContractKind.EVENT else "queue group") if groups else ""
    columns = [address, "version", *filter(None, [place]), "written by", "read by", "message"]
    rows = [_row(each, with_place=bool(place)) for each in own]
    lines = [_line(columns), _line(["---"] * len(columns)), *map(_line, rows)]
    return "\n".join([f"## {heading}", "", about, "", *lines, ""])


def _section_of_places(contracts: Sequence[Contract]) -> str:
    """Return the streams and queues of these messages, and those of messages of others."""
    stored = {each.stream for each in contracts}
    rows = [
        [f"stream `{each.name}`", _names(each.subjects), _names(_durables(each.name))]
        for each in streams_of_events()
        if each.name in stored
    ]
    for each in contracts:
        if each.kind is ContractKind.JOB:
            queue = queue_of(each)
            rows.append([f"queue `{queue.name}`", "jobs", _names(each.consumers)])
            rows.append([f"queue `{queue.dead_letter_name}`", "jobs that SQS gave up", _COLLECTOR])
    rows.append([f"stream `{ADVISORIES}`", "NATS's advisories on undeliverable events", _COLLECTOR])
    rows.append([f"queue `{CELERY}`", "Celery's tasks, by its protocol 2", "Celery's worker"])
    lines = [_line(["place", "what it has", "read by"]), _line(["---"] * 3), *map(_line, rows)]
    return "\n".join(["## Streams and queues", "", *lines, ""])


def _durables(stream: str) -> list[str]:
    return [each.durable for each in declared_consumers() if each.stream.name == stream]


def _row(contract: Contract, *, with_place: bool) -> list[str]:
    schema = f"[`{contract.payload.__name__}`]({contract.name}.json)"
    example = f"[example](examples/{contract.name}.json)"
    return [
        f"`{contract.address}`",
        str(contract.version),
        *([f"`{contract.stream or contract.group}`"] if with_place else []),
        _names(contract.producers) or "earlier releases",
        _names(contract.consumers),
        f"{schema}, {example}",
    ]


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
