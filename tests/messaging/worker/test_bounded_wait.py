"""A probe of a silent part ends in time, and does not pile up threads."""

import threading
import time
from typing import Any

import nats.errors

from apps.messaging.worker.bounded_wait import Probe, probe, wait_for
from tests.support.waiting import eventually


def test_every_answer_and_every_failure_reason_is_returned() -> None:
    def fail() -> None:
        raise ValueError("no good")

    results = probe({"a": Probe(lambda: 1), "b": Probe(fail), "c": Probe(lambda: 1 / 0)}, within=5)
    assert results.answers == {"a": 1}
    assert results.problems == {"b": "no good", "c": "division by zero"}


def test_a_silent_probe_blocks_no_other_and_uses_one_thread() -> None:
    said = threading.Event()
    requests: list[int] = []

    def wait_for_it() -> bool:
        requests.append(1)
        return said.wait(30)

    probes: dict[str, Probe[Any]] = {"silent": Probe(wait_for_it), "other": Probe(lambda: 1)}
    began, threads = time.monotonic(), threading.active_count()
    for _ in range(5):
        results = probe(probes, within=0.1)
        assert results.problems["silent"] == "no answer within 0.1 s"
    assert time.monotonic() - began < 20  # The silent one alone would have taken thirty.
    results = probe(probes, within=6)
    assert (results.answers, results.problems) == (
        {"other": 1},
        {"silent": "no answer within 6 s"},
    )
    eventually(lambda: threading.active_count() <= threads + 1)
    said.set()
    assert probe(probes, within=20).answers == {"silent": True, "other": 1}
    assert len(requests) == 1


def test_a_later_probe_gets_a_new_answer() -> None:
    answers = iter([1, 2])
    probes = {"a": Probe(lambda: next(answers))}
    assert [probe(probes, within=5).answers["a"] for _ in range(2)] == [1, 2]


def test_all_probes_run_concurrently() -> None:
    meeting = threading.Barrier(3)
    probes = {name: Probe(lambda: meeting.wait(20)) for name in "abc"}
    assert probe(probes, within=20).problems == {}


def test_each_probes_time_counts_from_its_start() -> None:
    said = threading.Event()
    silent = Probe(lambda: said.wait(60)).begin()
    late = Probe(lambda: said.wait(0.1) or "late").begin()
    # As if the first probe began long ago, and has used up all its time.
    pending = {"silent": silent._replace(since=silent.since - 20), "late": late}
    results = wait_for(pending, within=20)
    said.set()
    assert (results.answers, results.problems) == (
        {"late": "late"},
        {"silent": "no answer within 20 s"},
    )


def test_a_timeout_inside_a_probe_counts_as_no_answer() -> None:
    def give_up() -> None:
        raise nats.errors.TimeoutError

    assert probe({"a": Probe(give_up)}, within=5).problems == {"a": "no answer within 5 s"}
