"""What waits, as the chart of the lag draws it."""

from typing import Any

import pytest

from apps.lab.feed.figures import SECONDS
from apps.lab.feed.lag import HOLDS_FOR, Lag

END = 1_000_000_020


def shop(*, unsent: int = 0, pending: int = 0, visible: int = 0) -> dict[str, Any]:
    return {
        "outbox": {"unsent": unsent},
        "consumers": [{"pending": pending, "ack_pending": 1}, {"pending": pending}],
        "queues": [{"visible": visible, "in_flight": 2}, {}],
    }


@pytest.fixture
def lag() -> Lag:
    return Lag()


def test_a_reading_is_the_sum_of_all_parts(lag: Lag) -> None:
    lag.add(END - 0.5, shop(unsent=5, pending=10, visible=3))
    assert lag.as_dict(END)["newest"] == {"outbox": 5, "events": 21, "jobs": 5}


def test_a_reading_is_in_its_second_and_counts_for_a_while(lag: Lag) -> None:
    lag.add(END - 10, shop(unsent=7))
    drawn = lag.as_dict(END)["outbox"]
    assert len(drawn) == SECONDS
    assert drawn[-11:] == [None, *[7] * HOLDS_FOR, *[None] * (10 - HOLDS_FOR)]


def test_a_newer_reading_replaces_an_older_one(lag: Lag) -> None:
    lag.add(END - 3, shop(unsent=7))
    lag.add(END - 2, shop(unsent=0))
    assert lag.as_dict(END)["outbox"][-3:] == [7, 0, 0]


def test_a_part_that_does_not_answer_has_no_value(lag: Lag) -> None:
    lag.add(END, {"outbox": None, "consumers": [{}], "queues": []})
    assert lag.as_dict(END)["newest"] == {"outbox": None, "events": None, "jobs": None}


def test_before_the_first_reading_there_is_nothing(lag: Lag) -> None:
    drawn = lag.as_dict(END)
    assert drawn["jobs"] == [None] * SECONDS
    assert drawn["newest"] == {"outbox": None, "events": None, "jobs": None}
