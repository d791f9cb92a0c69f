"""A port is given to only one process of the tests."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.ports import FIRST, first_of_a_row, free_port
from tests.support.python import run_python

LINUX_GIVES_AWAY = 32_768
TEN_FROM = """
import random
random.randrange = lambda _: {place}
from tests.support.ports import free_port
print(*[free_port() for _ in range(10)])
"""


def test_ports_are_unique_and_outside_the_ephemeral_range() -> None:
    ports = [free_port() for _ in range(20)]
    assert len(set(ports)) == 20
    assert max(ports) < LINUX_GIVES_AWAY


def test_threads_get_different_ports() -> None:
    with ThreadPoolExecutor(8) as threads:
        ports = list(threads.map(lambda _: free_port(), range(400)))
    assert len(set(ports)) == 400


def test_a_reserved_port_is_given_to_no_other_process() -> None:
    ours = {free_port() for _ in range(5)}
    program = TEN_FROM.format(place=min(ours) - FIRST)
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    others = run_python("-c", program, env=env, check=True).stdout.split()
    assert len(others) == 10
    assert not ours & set(map(int, others))


def test_rows_of_ports_of_two_processes_do_not_meet() -> None:
    """There is no listener yet: a look for listeners alone would give the same row to all."""
    program = "from tests.support.ports import first_of_a_row; print(first_of_a_row(200))"
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    ours = [first_of_a_row(200) for _ in range(3)]
    others = [int(run_python("-c", program, env=env, check=True).stdout)]
    rows = [set(range(first, first + 200)) for first in (*ours, *others)]
    assert len(set().union(*rows)) == 4 * 200
    assert max(set().union(*rows)) < LINUX_GIVES_AWAY


def test_a_row_that_is_too_long_is_refused() -> None:
    with pytest.raises(RuntimeError, match="no 5000 free ports in a row"):
        first_of_a_row(5000)
