"""`docs/rotation.md` at the routes of a cluster of NATS: two of its three servers stay together."""

import asyncio
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import nats.errors
import nats.js.errors
import pytest

from apps.messaging.brokers.nats_py_fixes import PatchedClient
from tests.deploy.nats_cluster import (
    SERVERS,
    Member,
    Together,
    command_of,
    has_routes_to,
    wait_until_whole,
)
from tests.support.waiting import eventually

OLD, NEW = "demo", "new"
STREAM_BYTES = 1024 * 1024


@pytest.fixture
def together(tmp_path: Path) -> Iterator[Together]:
    with ExitStack() as ends:
        together = Together(tmp_path, ends)
        wait_until_whole(together)
        yield together


async def signed_in(member: Member, user: str) -> PatchedClient:
    nc = PatchedClient()
    url = member.url.replace("nats://", f"nats://{user}:demo@")
    await nc.connect(url, inbox_prefix=f"_INBOX_{user}", allow_reconnect=False)
    return nc


async def _make_the_stream(member: Member) -> bool:
    nc = await signed_in(member, "provision")
    try:
        await nc.jetstream().add_stream(
            name="ORDERS", subjects=["orders.>"], num_replicas=3, max_bytes=STREAM_BYTES
        )
    except (nats.errors.Error, nats.js.errors.Error):
        return False
    finally:
        await nc.close()
    return True


async def _keep_an_event(member: Member) -> bool:
    nc = await signed_in(member, "outbox_relay")
    try:
        await nc.jetstream().publish("orders.placed", b"", timeout=5)
    except (nats.errors.Error, nats.js.errors.Error):
        return False
    finally:
        await nc.close()
    return True


def makes_the_stream(member: Member) -> bool:
    return asyncio.run(_make_the_stream(member))


def keeps_an_event(member: Member) -> bool:
    """Return whether two of the three have taken it."""
    return asyncio.run(_keep_an_event(member))


def with_passwords(together: Together, name: str, have_the_new: Collection[str]) -> list[str]:
    """Return its command with the new password, and for each other the one that it asks for."""
    command = command_of(name, together.folder, together.ports)
    own = command.index("--cluster") + 1
    command[own] = command[own].replace(f"routes:{OLD}@", f"routes:{NEW}@")
    command[command.index("--routes") + 1] = ",".join(
        f"nats://routes:{NEW if other in have_the_new else OLD}@127.0.0.1:{together.ports[other]}"
        for other in SERVERS
        if other != name
    )
    return command


def stop(together: Together, name: str) -> dict[str, Member]:
    """Return those that are left."""
    process = together.members[name].process
    process.terminate()
    process.wait(60)
    return {other: each for other, each in together.members.items() if other != name}


def test_a_new_password_of_the_routes_leaves_two_that_serve(together: Together) -> None:
    first = together.members["nats"]
    eventually(partial(makes_the_stream, first), within=60, what=first.log)
    have_the_new: list[str] = []
    # The second time round none has the old one.
    for name in SERVERS * 2:
        for other, member in stop(together, name).items():
            # That to the stopped server may be listed for a moment more.
            assert member.routes() - {name} == {*SERVERS} - {name, other}
            eventually(partial(keeps_an_event, member), within=60, what=member.log)
        command = with_passwords(together, name, have_the_new)
        together.members[name] = together.start(name, command)
        have_the_new.append(name)
        wait_until_whole(together)


def test_with_one_password_in_each_command_none_would_serve_for_a_while(together: Together) -> None:
    """Why the page names a password for each route, and not one variable for all."""
    stop(together, "nats")
    command = with_passwords(together, "nats", SERVERS)
    together.members["nats"] = together.start("nats", command)
    left = stop(together, "nats_2")
    refusing = left["nats_3"]
    eventually(lambda: "authentication error" in refusing.log, within=30, what=refusing.log)
    for member in left.values():
        eventually(partial(has_routes_to, member, set()), within=30, what=member.log)
