"""The sentences beside the tables of `docs/from-the-terminal.md`, with the real `nats`."""

import re
import shlex
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.acceptance.addresses import Addresses
from tests.acceptance.clients import SHELL
from tests.acceptance.nats_client import NatsClient
from tests.acceptance.reader import WITHIN
from tests.acceptance.typed import Typed
from tests.support.nats_server import nats_server_path
from tests.support.ports import free_port
from tests.support.waiting import eventually

DELIVERED = re.compile(r"subj: (\S+) / tries: (\d+) / cons seq: \d+ / str seq: (\d+)")
"""How `nats consumer next` heads a message: subject, attempt, place in the stream."""


@pytest.fixture
def start(addresses: Addresses, tmp_path: Path) -> Iterator[Callable[[str], Typed]]:
    SHELL.check()
    running: list[Typed] = []

    def start_line(line: str) -> Typed:
        typed = SHELL.type(line, goes_on=False, folder=tmp_path, exports=addresses.exports)
        running.append(typed)
        return typed

    yield start_line
    for typed in running:
        typed.stop()


@pytest.fixture(autouse=True)
def three_events(nats: NatsClient) -> None:
    """The stream of a new shop may be empty."""
    for number in range(3):
        nats.publish("orders.placed", b'{"id": %d}' % number)


@pytest.fixture
def durable(start: Callable[[str], Typed]) -> Iterator[str]:
    """A durable of the reader's own, whose ack wait is shorter than the usual 30 s."""
    name = f"reader-{uuid.uuid4().hex[:8]}"
    line = f"nats consumer add ORDERS {name} --pull --ack explicit --wait 1s --defaults"
    assert start(line).ended(within=WITHIN) == 0
    yield name
    assert start(f"nats consumer rm ORDERS {name} --force").ended(within=WITHIN) == 0


def test_an_unacknowledged_event_comes_again(start: Callable[[str], Typed], durable: str) -> None:
    def delivered() -> tuple[str, str, str]:
        typed = start(f"nats consumer next ORDERS {durable} --no-ack")
        assert typed.ended(within=WITHIN) == 0, typed.printed
        head = DELIVERED.search(typed.printed)
        assert head, typed.printed
        return head[1], head[2], head[3]

    subject, attempt, place = delivered()
    assert attempt == "1"
    eventually(lambda: delivered() == (subject, "2", place), within=WITHIN, what="the same again")


def test_a_durable_is_asked_for_shown_and_removed(start: Callable[[str], Typed]) -> None:
    name = f"reader-{uuid.uuid4().hex[:8]}"

    def answer_to(line: str) -> Typed:
        typed = start(line)
        assert typed.ended(within=WITHIN) == 0, typed.printed
        return typed

    added = answer_to(f"nats consumer add ORDERS {name} --pull --ack explicit")
    assert "? " in added.printed
    assert added.shows(f"Information for Consumer ORDERS > {name}"), added.printed
    assert name in answer_to("nats consumer ls ORDERS --names").printed
    answer_to(f"nats consumer rm ORDERS {name} --force")
    assert name not in answer_to("nats consumer ls ORDERS --names").printed


def test_the_stream_is_as_provision_made_it(start: Callable[[str], Typed]) -> None:
    asked = start('nats stream add ORDERS --subjects "orders.>" --storage file')
    assert asked.ended(within=WITHIN) != 0
    assert "? " in asked.printed
    assert "10058" in asked.printed
    shown = start("nats stream info ORDERS")
    assert shown.ended(within=WITHIN) == 0
    wanted = ("Storage: File", "Maximum Age: 7d0h0m0s", "Discard Policy: New")
    assert shown.shows(*wanted), shown.printed


def test_the_stream_is_shown_page_by_page(start: Callable[[str], Typed]) -> None:
    typed = start("nats stream view ORDERS 2")
    eventually(
        lambda: typed.shows("Next Page?", "orders."),
        within=WITHIN,
        what=lambda: f"a page in {typed.printed!r}",
    )


@pytest.mark.parametrize("with_jetstream", [[], ["-js"]], ids=["nats-server", "nats-server -js"])
def test_a_second_server_finds_the_address_in_use(
    addresses: Addresses, with_jetstream: list[str]
) -> None:
    address = urlsplit(addresses.nats_url)
    command = [nats_server_path(), "-a", address.hostname or "", "-p", str(address.port)]
    second = subprocess.run(
        [*command, *with_jetstream], capture_output=True, text=True, timeout=WITHIN, check=False
    )
    assert second.returncode == 1
    assert "address already in use" in second.stderr


def test_a_server_of_ones_own_runs_beside_the_shops(start: Callable[[str], Typed]) -> None:
    port = free_port()  # The page's 4333 may be taken here.
    server = shlex.quote(nats_server_path())
    mine = start(f"{server} -p {port}")
    eventually(lambda: mine.shows("Server is ready"), within=WITHIN, what=lambda: mine.printed)
    subscriber = start(f"nats sub orders.placed --count 1 --server 127.0.0.1:{port}")
    eventually(lambda: subscriber.shows("Subscribing on"), within=WITHIN)
    assert start(f"nats pub orders.placed mine --server 127.0.0.1:{port}").ended(within=WITHIN) == 0
    assert subscriber.ended(within=WITHIN) == 0
    assert "mine" in subscriber.printed
