"""The facts in each box of the map: running workers, waiting messages, those in flight."""

from typing import Any

from django.template.defaultfilters import filesizeformat

from apps.lab.map.parts import Node
from apps.lab.map.topology import nodes

NO_DATABASE = "the database is away"


def facts_of(state: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return for each node its facts in words, on who is alive first, and whether it is red.

    `state` is that of the snapshot; an empty one, at the start, gives no facts.
    """
    return {
        node.id: {
            "facts": [*_alive(node, state), *_figures(node, state)],
            "red": bool(state.get("workers", {}).get(node.worker, {}).get("red")),
        }
        for node in nodes()
    }


def _alive(node: Node, state: dict[str, Any]) -> list[str]:
    worker = state.get("workers", {}).get(node.worker)
    return [f"{worker['alive']} of {worker['expected']} alive"] if worker else []


def _figures(node: Node, state: dict[str, Any]) -> list[str]:
    return _counts(node, state) if state else []


def _counts(node: Node, state: dict[str, Any]) -> list[str]:
    match node:
        case Node(id="outbox"):
            return _outbox(state["outbox"])
        case Node(stream=str(stream)) if stream:
            return _stream(_named(state["streams"], stream))
        case Node(id="letters"):
            letters = state["dead_letters"]
            return [f"{letters['total']:,} dead"] if letters else [NO_DATABASE]
        case Node(consumer=str(consumer)) if consumer:
            return _lag(_named(state["consumers"], consumer))
        case Node(queue=str(queue)) if queue:
            return _depth(_named(state["queues"], queue))
    return []


def _named(parts: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next((part for part in parts if part["name"] == name), {})


def _outbox(outbox: dict[str, Any] | None) -> list[str]:
    if outbox is None:
        return [NO_DATABASE]
    return [f"{outbox['unsent']:,} unsent", _age(outbox["oldest_age"])]


def _stream(stream: dict[str, Any]) -> list[str]:
    if "messages" not in stream:
        return [stream.get("error", "NATS is away")]
    return [f"{stream['messages']:,} messages", filesizeformat(stream["bytes"])]


def _lag(consumer: dict[str, Any]) -> list[str]:
    if "pending" not in consumer:
        return [consumer.get("error", "NATS is away")]
    return [f"{consumer['pending']:,} waiting", f"{consumer['ack_pending']:,} in flight"]


def _depth(queue: dict[str, Any]) -> list[str]:
    if "visible" not in queue:
        return [queue.get("error", "SQS is away")]
    return [f"{queue['visible']:,} visible", f"{queue['in_flight']:,} in flight"]


def _age(seconds: float) -> str:
    return f"oldest {seconds:.0f} s" if seconds else "none waits"
