"""The programs of `examples` run against real servers; what pages that teach name exists."""

import ast
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from threading import Thread

import pytest
from django.conf import settings

from apps.messaging.jobs.job_queue import JobQueue
from tests.messaging.support.jobs import is_empty
from tests.messaging.support.raw_nats import message, publish
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer
from tests.support.waiting import crowding, eventually
from tests.test_traps import missing, named_tests

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
PRODUCTION = ROOT / "docs" / "production-reality.md"
ENDS_WITHIN_SECONDS = 20.0
STARTS_WITHIN_SECONDS = 20.0
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def environment_of(server: NatsServer | MotoServer) -> dict[str, str]:
    variable = "NATS_URL" if isinstance(server, NatsServer) else "AWS_ENDPOINT_URL"
    ours = {"NATS_USER", "NATS_PASSWORD", "Q"}
    theirs = {name: value for name, value in os.environ.items() if name not in ours}
    return theirs | KEYS | {"AWS_DEFAULT_REGION": settings.AWS_REGION, variable: server.url}


@contextmanager
def running(name: str, server: NatsServer | MotoServer) -> Iterator[list[str]]:
    """Start a program that runs for ever; yield its lines, of which there will be more."""
    program = subprocess.Popen(
        [sys.executable, EXAMPLES / name],
        env=environment_of(server),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout
    lines: list[str] = []
    reader = Thread(target=lines.extend, args=(program.stdout,))
    reader.start()
    try:
        yield lines
    finally:
        program.kill()
        program.wait(ENDS_WITHIN_SECONDS)
        reader.join()
        program.stdout.close()


def printed_by(name: str, server: NatsServer) -> str:
    """Run a program to its end; return what it prints, errors too."""
    return subprocess.run(
        [sys.executable, EXAMPLES / name],
        check=False,
        env=environment_of(server),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=ENDS_WITHIN_SECONDS * crowding(),
    ).stdout


def test_a_subscriber_prints_what_the_publisher_publishes(nats_server: NatsServer) -> None:
    with running("subscribe.py", nats_server) as lines:
        eventually(
            lambda: printed_by("publish.py", nats_server) or lines, within=STARTS_WITHIN_SECONDS
        )
        assert lines[0] == 'orders.placed {"id": 42, "total": 19.99}\n'


def test_each_message_goes_to_one_of_three_members(nats_server: NatsServer) -> None:
    numbers = count()

    def all_have_some() -> bool:
        jobs = [json.dumps({"task": "resize", "id": next(numbers)}) for _ in range(10)]
        publish(nats_server, *(message(b"jobs.resize", job.encode()) for job in jobs))
        return all(members)

    with ExitStack() as stack:
        members = [stack.enter_context(running("queue_member.py", nats_server)) for _ in range(3)]
        eventually(all_have_some, within=STARTS_WITHIN_SECONDS)
    taken = Counter(line for lines in members for line in lines)
    assert set(taken.values()) == {1}


def test_a_requester_prints_the_responders_answer(nats_server: NatsServer) -> None:
    assert "NoRespondersError" in printed_by("requester.py", nats_server)
    with running("responder.py", nats_server):
        answer = eventually(
            lambda: [
                printed
                for printed in [printed_by("requester.py", nats_server)]
                if "NoRespondersError" not in printed
            ],
            within=STARTS_WITHIN_SECONDS,
        )
    assert answer == ['{"sku": "ABC", "price": 9.99}\n']


def test_a_durable_resumes_behind_what_it_has_acknowledged(nats_server: NatsServer) -> None:
    assert printed_by("durable.py", nats_server) == "stored as 1\n1 orders.placed\n"
    assert printed_by("durable.py", nats_server) == "stored as 2\n2 orders.placed\n"


def test_the_loop_leaves_no_job_in_the_queue(sqs_server: MotoServer) -> None:
    with running("sqs_loop.py", sqs_server) as lines:
        eventually(lambda: lines == ["resizing 7\n"], within=STARTS_WITHIN_SECONDS)
        eventually(lambda: is_empty(JobQueue(name="jobs")), what="the job is deleted")


def test_the_page_names_every_program() -> None:
    page = (EXAMPLES / "README.md").read_text()
    assert [each.name for each in EXAMPLES.glob("*.py") if f"]({each.name})" not in page] == []


@pytest.mark.parametrize(("page", "least"), [(EXAMPLES / "README.md", 25), (PRODUCTION, 10)])
def test_the_tests_that_a_page_names_exist(page: Path, least: int) -> None:
    assert len(list(named_tests(page))) > least
    assert missing(page) == []


def test_a_program_is_as_short_as_its_page_says() -> None:
    said = re.search(r"at most (\d+) lines", (EXAMPLES / "README.md").read_text())
    assert said
    programs = {each.name: each.read_text().splitlines() for each in EXAMPLES.glob("*.py")}
    assert programs
    lengths = {name: sum(map(bool, map(str.strip, lines))) for name, lines in programs.items()}
    assert {name: length for name, length in lengths.items() if length > int(said[1])} == {}


def calls_of_a_client(program: Path) -> set[int]:
    """Return the lines that call nats-py or boto3, or what such a call has returned."""
    known = {"nats", "boto3"}
    lines: set[int] = set()
    for node in ast.walk(ast.parse(program.read_text())):  # From the outer to the inner.
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if names_in(value) & known:
                known.add(name)
            case ast.NamedExpr(target=ast.Name(id=name), value=value) if names_in(value) & known:
                known.add(name)
            case (
                ast.For(target=ast.Name(id=name), iter=given)
                | ast.AsyncFor(target=ast.Name(id=name), iter=given)
            ) if names_in(given) & known:
                known.add(name)
            case ast.Call(func=ast.Attribute(value=called)) if names_in(called) & known:
                lines.add(node.lineno)
    return lines


def names_in(expression: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(expression) if isinstance(each, ast.Name)}


def test_as_few_lines_as_the_page_says_call_a_client() -> None:
    page = " ".join((EXAMPLES / "README.md").read_text().split())
    assert "of which ten or fewer call nats-py or boto3" in page
    calls = {each.name: len(calls_of_a_client(each)) for each in EXAMPLES.glob("*.py")}
    assert min(calls.values()) >= 3, "a call is not seen"
    assert max(calls.values()) <= 10
