"""What the settings declare and `topology` does not draw by hand: it gets rows of its own below.

A new event, job or responder so stands on the map as soon as it is declared. A row has its parts
side by side, and the lines to them; `free_space` gives both their places by their roles.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.module_loading import import_string

from apps.lab.map.parts import LETTERS, Edge, Node, runs
from apps.messaging.contracts.declared import declared_contracts
from apps.messaging.contracts.declaring import Contract
from apps.messaging.events.streams import Consumer, declared_consumers

EVENTS, JOBS = "durable-events", "sqs-jobs"


@dataclass(kw_only=True)
class Row:
    """Role → part or line. Roles are those of `free_space.FreeSpace`."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[str, Edge] = field(default_factory=dict)


def new_rows(kept: Collection[Node]) -> list[Row]:
    """Return a row for each durable, queue and worker that no kept part stands for."""
    contracts = declared_contracts()
    rows: list[Row] = []
    for more in (_of_durables(kept), _of_queues(kept, contracts), _of_requests(kept, contracts)):
        rows += more
    drawn = {node.worker for node in (*kept, *nodes_of(rows))}
    return rows + [_alone(name) for name in settings.WORKERS if name not in drawn]


def nodes_of(rows: Iterable[Row]) -> list[Node]:
    """Return the parts of the rows."""
    return [node for row in rows for node in row.nodes.values()]


def edges_of(rows: Iterable[Row]) -> list[Edge]:
    """Return the lines of the rows, those with the longest destination first.

    A hop is drawn on the first line that fits, and a destination is a prefix.
    """
    edges = [edge for row in rows for edge in row.edges.values()]
    return sorted(edges, key=lambda edge: -max(len(run.destination) for run in edge.runs))


def _of_durables(kept: Collection[Node]) -> Iterator[Row]:
    kept_streams = {node.stream: node.id for node in kept if node.stream}
    streams = dict(kept_streams)
    known = {node.consumer for node in kept}
    for consumer in declared_consumers():
        name, stream = consumer.durable, consumer.stream.name
        if name in known or stream in settings.STATUS_OMITS:
            continue
        row = Row(nodes={"reader": consumer_node(name)})
        role = "pulled" if stream in kept_streams else "pulled from above"
        if stream not in streams:
            role, streams[stream] = "beside", f"stream-{stream}"
            _add_stream(row, consumer)
        row.edges[role] = pulled_edge(streams[stream], name)
        row.edges["buried"] = _buried(name, f"{name}_consumer")
        yield row


def _add_stream(row: Row, consumer: Consumer) -> None:
    name = consumer.stream.name
    subject = consumer.stream.subjects[0]
    stored = runs("relay.published", consumer="jetstream", destination=subject.rstrip(">*"))
    row.nodes["store"] = Node(f"stream-{name}", f"stream {name}", EVENTS, stream=name)
    row.edges["sent"] = Edge(f"to-{name}", "relay", f"stream-{name}", EVENTS, stored, subject)


def _of_queues(kept: Collection[Node], contracts: Iterable[Contract]) -> Iterator[Row]:
    known = {node.queue for node in kept} | {*settings.STATUS_OMITS}
    readers = {each.address: each.consumers for each in contracts if each.kind == "jobs"}
    for name in (import_string(path).name for path in settings.MESSAGING_QUEUES):
        if name in known:
            continue
        row = _queue_row(name)
        for worker in readers.get(name, ())[:1]:
            _add_worker(row, name, worker)
        yield row


def _queue_row(name: str) -> Row:
    sent = runs("relay.published", consumer="sqs", destination=name)
    row = Row(nodes={"store": Node(f"queue-{name}", f"queue {name}", JOBS, queue=name)})
    row.edges["sent"] = Edge(f"to-{name}", "relay", f"queue-{name}", JOBS, sent, name)
    return row


def _add_worker(row: Row, queue: str, worker: str) -> None:
    points = "job.polling job.handled job.deleting job.failed job.heartbeat"
    at = runs(points, worker=worker)
    taken = runs("job.received <job.deleted", worker=worker)
    row.nodes["reader"] = Node(worker, _title(worker), JOBS, worker=worker, at=at)
    row.edges["beside"] = Edge(f"{worker}-works", f"queue-{queue}", worker, JOBS, taken)
    row.edges["buried"] = _buried(worker, worker)


def _of_requests(kept: Collection[Node], contracts: Iterable[Contract]) -> Iterator[Row]:
    drawn = {node.worker for node in kept}
    asked = [each for each in contracts if each.kind == "requests"]
    for worker in dict.fromkeys(name for each in asked for name in each.consumers):
        if worker in drawn:
            continue
        page = "request-reply"
        subjects = [each.address for each in asked if worker in each.consumers]
        both = [
            run
            for subject in sorted(subjects, key=len, reverse=True)
            for run in runs("request.sent <request.answered", destination=subject)
        ]
        at = runs("request.received", worker=worker)
        line = Edge(f"ask-{worker}", "shop", worker, page, tuple(both), subjects[0])
        node = Node(worker, _title(worker), page, worker=worker, at=at)
        yield Row(nodes={"responder": node}, edges={"asked": line})


def _alone(worker: str) -> Row:
    return Row(nodes={"process": Node(worker, _title(worker), LETTERS, worker=worker)})


def consumer_node(durable: str) -> Node:
    """Return the part of a durable's process."""
    at = runs("consumer.handled consumer.committed consumer.failed", consumer=durable)
    worker = f"{durable}_consumer"
    return Node(durable, _title(durable), EVENTS, worker=worker, consumer=durable, at=at)


def pulled_edge(stream: str, durable: str) -> Edge:
    """Return the line from a stream's part to a durable's."""
    both = runs("consumer.fetched <consumer.acknowledged", consumer=durable)
    return Edge(durable, stream, durable, EVENTS, both)


def _buried(start: str, worker: str) -> Edge:
    # By its process: the collector stores dead letters under the name of their consumer too.
    at = runs("letter.buried", worker=worker)
    return Edge(f"{start}-buries", start, "letters", LETTERS, at)


def _title(name: str) -> str:
    return name.replace("_", " ")
