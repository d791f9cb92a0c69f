"""The map: the shop's parts, the ways between them, and which hook is drawn where.

What is declared in the settings and not named here, `new_parts` adds.

`drawing.py` gives it shape, `static/lab/map.js` lets the messages travel.
"""

from functools import cache, lru_cache
from typing import Any

from apps.lab.map.new_parts import consumer_node, edges_of, new_rows, nodes_of, pulled_edge
from apps.lab.map.parts import LETTERS, Edge, Node, Row, runs
from apps.lab.map.typed_edges import TYPED, TYPED_EDGES
from apps.lab.map.typed_points import RECEIVED, SENT, SETTLED

ASK, EVENTS, JOBS, TASKS = "request-reply", "durable-events", "sqs-jobs", "celery"
TELL, GROUP = "publish-subscribe", "queue-group"


def _buried(start: str, consumer: str) -> Edge:
    return Edge(
        f"{start}-buries", start, "letters", LETTERS, runs("letter.buried", consumer=consumer)
    )


NODES = (
    Node("shop", "shop", "", worker="web"),
    Node(
        "responders",
        "price responders",
        ASK,
        worker="price_responder",
        at=runs("request.received")
        + runs("core.heard", destination="catalog.")
        + runs(SENT, destination="price.")
        + runs(SENT, destination="catalog."),
    ),
    Node(
        "resizers",
        "preview resizers",
        GROUP,
        worker="preview_resizer",
        at=runs("group.received group.handled"),
    ),
    Node("listener", "order listener", TELL, worker="order_listener"),
    Node("terminal", "terminal", TYPED, at=runs(f"{SENT} {RECEIVED} {SETTLED}")),
    # Events that any other process records, as beat does when it reconciles, light up the outbox.
    Node("outbox", "outbox", EVENTS, at=runs("outbox.recorded")),
    Node("relay", "outbox relay", EVENTS, worker="outbox_relay", at=runs("relay.publishing")),
    # It lights up for a visitor who is the consumer; no line leads to them.
    Node(
        "stream",
        "stream ORDERS",
        EVENTS,
        stream="ORDERS",
        at=runs("consumer.fetched consumer.acknowledged", worker="web"),
    ),
    consumer_node("fulfilment"),
    consumer_node("sales"),
    consumer_node("notification"),
    Node("jobs", "queue jobs", JOBS, queue="jobs", at=runs("job.polling")),
    Node(
        "image_resizer",
        "image resizer",
        JOBS,
        worker="image_resizer",
        at=runs("job.handled job.deleting job.failed job.heartbeat", consumer="jobs"),
    ),
    Node("beat", "beat", TASKS, worker="beat"),
    # A redriven task comes from the relay; a line for it would cross all others.
    Node(
        "tasks", "queue celery", TASKS, queue="celery", at=runs("relay.published", consumer="sqs")
    ),
    Node("celery", "celery", TASKS, worker="celery"),
    Node("mail", "mail server", TASKS),
    Node("collector", "collector", LETTERS, worker="dead_letter_collector"),
    Node("letters", "dead letters", LETTERS, at=runs("letter.buried")),
)
EDGES = (
    Edge("ask", "shop", "responders", ASK, runs("request.sent <request.answered"), "price.lookup"),
    Edge(
        "prices",
        "shop",
        "responders",
        TELL,
        runs("core.publishing", destination="catalog."),
        "catalog.price_changed",
    ),
    Edge(
        "offer",
        "shop",
        "resizers",
        GROUP,
        runs("core.publishing", destination="jobs."),
        "jobs.resize",
    ),
    *TYPED_EDGES,
    Edge("record", "shop", "outbox", EVENTS, runs("outbox.recorded", worker="web")),
    Edge(
        "decide",
        "fulfilment",
        "outbox",
        EVENTS,
        runs("outbox.recorded", worker="fulfilment_consumer"),
        "orders.confirmed or orders.rejected",
    ),
    Edge("claim", "outbox", "relay", EVENTS, runs("relay.claimed <relay.marked")),
    Edge(
        "publish",
        "relay",
        "stream",
        EVENTS,
        runs("relay.published", consumer="jetstream"),
        "orders.>",
    ),
    Edge("hear", "relay", "listener", TELL, runs("core.heard", destination="orders."), "orders.>"),
    Edge(
        "send",
        "relay",
        "jobs",
        JOBS,
        runs("relay.published", consumer="sqs", destination="jobs"),
        "jobs",
    ),
    pulled_edge("stream", "fulfilment"),
    pulled_edge("stream", "sales"),
    pulled_edge("stream", "notification"),
    Edge("enqueue", "notification", "tasks", TASKS, runs("mail.due")),
    Edge("schedule", "beat", "tasks", TASKS),
    Edge("take", "tasks", "celery", TASKS, runs("mail.claimed")),
    Edge("deliver", "celery", "mail", TASKS, runs("mail.sent")),
    Edge("work", "jobs", "image_resizer", JOBS, runs("job.received <job.deleted", consumer="jobs")),
    # This one first: the collector stores a dead letter under the failed consumer's name.
    Edge(
        "collector-buries",
        "collector",
        "letters",
        LETTERS,
        runs("letter.buried", worker="dead_letter_collector"),
    ),
    _buried("fulfilment", "fulfilment"),
    _buried("sales", "sales"),
    _buried("notification", "notification"),
    _buried("image_resizer", "jobs"),
    _buried("celery", "celery"),
    _buried("resizers", "preview_resizer"),
    _buried("relay", "outbox_relay"),
    Edge("redrive", "letters", "outbox", LETTERS, runs("letter.redriven")),
)


@cache
def rows_below() -> list[Row]:
    """Return what is declared and not drawn here. Only `web` asks: it imports all apps."""
    return new_rows(NODES)


def nodes() -> list[Node]:
    """Return all parts, the new ones first: they name their process, which others may not."""
    return [*nodes_of(rows_below()), *NODES]


def edges() -> list[Edge]:
    """Return all lines, the new ones first: they name their process or their destination."""
    return [*edges_of(rows_below()), *EDGES]


@lru_cache(maxsize=1024)
def shown(*, point: str, worker: str, consumer: str, destination: str) -> dict[str, Any]:
    """Return where a hop is shown: the first edge, else the first node, that fits it."""
    hop = {"point": point, "worker": worker, "consumer": consumer, "destination": destination}
    for edge in edges():
        for run in edge.runs:
            if run.fits(**hop):
                to = edge.start if run.back else edge.end
                return {"edge": edge.id, "back": run.back, "node": to, "page": edge.page}
    for node in nodes():
        if any(run.fits(**hop) for run in node.at):
            return {"node": node.id, "page": node.page}
    return {}
