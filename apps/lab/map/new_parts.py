"""What the settings declare and `topology` does not draw by hand: it gets rows of its own below.

A new message so stands on the map as soon as it is declared. A row has its parts
side by side, and the lines to them; `free_space` gives both their places by their roles.
"""

from collections.abc import Collection, Iterable, Iterator

from django.conf import settings
from django.utils.module_loading import import_string

from apps.lab.map.new_requests import rows_of_requests
from apps.lab.map.parts import LETTERS, Edge, Node, Row, runs, title
from apps.messaging.contracts.declared import declared_contracts
from apps.messaging.contracts.declaring import Contract
from apps.messaging.events.streams import Consumer, declared_consumers

EVENTS, JOBS = "durable-events", "sqs-jobs"


def new_rows(kept: Collection[Node]) -> list[Row]:
    """Return a row for each durable, queue and worker that no kept part stands for."""
    contracts = declared_contracts()
    rows: list[Row] = []
    rows += _of_durables(kept)
    rows += _of_queues(kept, contracts)
    rows += rows_of_requests(kept, contracts)
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
    row.nodes["reader"] = Node(worker, title(worker), JOBS, worker=worker, at=at)
    row.edges["beside"] = Edge(f"{worker}-works", f"queue-{queue}", worker, JOBS, taken)
    row.edges["buried"] = _buried(worker, worker)


def _alone(worker: str) -> Row:
    return Row(nodes={"process": Node(worker, title(worker), LETTERS, worker=worker)})


def consumer_node(durable: str) -> Node:
    """Return the part of a durable's process."""
    at = runs("consumer.handled consumer.committed consumer.failed", consumer=durable)
    worker = f"{durable}_consumer"
    return Node(durable, title(durable), EVENTS, worker=worker, consumer=durable, at=at)


def pulled_edge(stream: str, durable: str) -> Edge:
    """Return the line from a stream's part to a durable's."""
    both = runs("consumer.fetched <consumer.acknowledged", consumer=durable)
    return Edge(durable, stream, durable, EVENTS, both)


def _buried(start: str, worker: str) -> Edge:
    # By its process: the collector stores dead letters under the name of their consumer too.
    at = runs("letter.buried", worker=worker)
    return Edge(f"{start}-buries", start, "letters", LETTERS, at)
