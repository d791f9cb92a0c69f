"""The facts in the boxes of the map."""

from typing import Any

import pytest

from apps.lab.map.node_facts import facts_of
from apps.lab.map.topology import nodes

STATE: dict[str, Any] = {
    "workers": {
        "sales_consumer": {"alive": 1, "expected": 1, "red": 0},
        "price_responder": {"alive": 1, "expected": 2, "red": 1},
    },
    "streams": [{"name": "ORDERS", "messages": 1204, "bytes": 2048}],
    "consumers": [{"name": "sales", "pending": 3, "ack_pending": 2}],
    "queues": [{"name": "jobs", "visible": 4, "in_flight": 1}],
    "outbox": {"unsent": 5, "oldest_age": 2.4},
    "dead_letters": {"total": 6},
}


@pytest.mark.parametrize(
    ("node", "facts"),
    [
        ("sales", ["1 of 1 alive", "3 waiting", "2 in flight"]),
        ("responders", ["1 of 2 alive"]),
        ("stream", ["1,204 messages", "2.0\xa0KB"]),
        ("jobs", ["4 visible", "1 in flight"]),
        ("outbox", ["5 unsent", "oldest 2 s"]),
        ("letters", ["6 dead"]),
        ("mail", []),
    ],
)
def test_a_part_shows_its_state(node: str, facts: list[str]) -> None:
    assert facts_of(STATE)[node]["facts"] == facts


def test_a_part_whose_worker_is_missing_is_red() -> None:
    red = [id for id, fact in facts_of(STATE).items() if fact["red"]]
    assert red == ["responders"]


def test_a_missing_broker_or_stream_is_named() -> None:
    facts = facts_of({**STATE, "consumers": [], "queues": []})
    assert facts["sales"]["facts"][1:] == ["NATS is away"]
    assert facts["jobs"]["facts"] == ["SQS is away"]
    gone = [{"name": "ORDERS", "error": "not provisioned"}]
    assert facts_of({**STATE, "streams": gone})["stream"]["facts"] == ["not provisioned"]


def test_a_database_that_does_not_answer_is_named() -> None:
    """The status has `null` for its parts then, and figures for all others."""
    facts = facts_of({**STATE, "outbox": None, "dead_letters": None})
    assert facts["outbox"]["facts"] == facts["letters"]["facts"] == ["the database is away"]
    assert facts["jobs"]["facts"] == ["4 visible", "1 in flight"]


def test_an_empty_state_gives_no_facts() -> None:
    assert facts_of({}) == {node.id: {"facts": [], "red": False} for node in nodes()}
