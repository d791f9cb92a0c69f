"""A look at a silent part ends in time, and does not pile up threads."""

import threading
import time
from typing import Any

import nats.errors

from apps.messaging.worker.bounded_wait import Look, look, wait_for
from tests.support.waiting import crowding


def test_every_answer_and_every_failure_reason_is_returned() -> None:
    def fail() -> None:
        raise ValueError("no good")

    seen = look({"a": Look(lambda: 1), "b": Look(fail), "c": Look(lambda: 1 / 0)}, within=5)
    assert seen.answers == {"a": 1}
    assert seen.problems == {"b": "no good", "c": "division by zero"}


def test_a_silent_look_blocks_no_other_and_uses_one_thread() -> None:
    said = threading.Event()
    asked: list[int] = []

    def wait_for_it() -> bool:
        asked.append(1)
        return said.wait(30)

    looks: dict[str, Look[Any]] = {"silent": Look(wait_for_it), "other": Look(lambda: 1)}
    began, threads = time.monotonic(), threading.active_count()
    for _ in range(5):
        seen = look(looks, within=0.1)
        assert (seen.answers, seen.problems) == (
            {"other": 1},
            {"silent": "no answer within 0.1 s"},
        )
    assert time.monotonic() - began < 5 * crowding()
    assert threading.active_count() <= threads + 1
    said.set()
    assert look(looks, within=5).answers == {"silent": True, "other": 1}
    assert len(asked) == 1


def test_a_later_look_gets_a_new_answer() -> None:
    answers = iter([1, 2])
    looks = {"a": Look(lambda: next(answers))}
    assert [look(looks, within=5).answers["a"] for _ in range(2)] == [1, 2]


def test_all_looks_run_concurrently() -> None:
    meeting = threading.Barrier(3)
    looks = {name: Look(lambda: meeting.wait(5)) for name in "abc"}
    assert look(looks, within=5).problems == {}


def test_each_looks_time_counts_from_its_start() -> None:
    said = threading.Event()
    silent = Look(lambda: said.wait(30)).begin()
    late = Look(lambda: said.wait(0.1) or "late").begin()
    # As if the first look began long ago, and has used up all its time.
    asked = {"silent": silent._replace(since=silent.since - 20), "late": late}
    seen = wait_for(asked, within=20)
    said.set()
    assert (seen.answers, seen.problems) == ({"late": "late"}, {"silent": "no answer within 20 s"})


def test_a_timeout_inside_a_look_counts_as_no_answer() -> None:
    def give_up() -> None:
        raise nats.errors.TimeoutError

    assert look({"a": Look(give_up)}, within=5).problems == {"a": "no answer within 5 s"}
