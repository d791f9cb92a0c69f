"""Three nats-servers on this machine that are one cluster; each can be killed."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nats
import nats.errors
from nats.aio.client import Client

from apps.messaging.errors import NotProvisioned
from apps.messaging.events.streams import Consumer, Stream
from apps.messaging.operations.provisioning import provision_jetstream
from tests.support.nats_server import NatsServer
from tests.support.ports import free_port
from tests.support.waiting import at_most

LOOK_EVERY_SECONDS = 0.2
CONFIG = """
server_name: {name}
cluster {{ name: tea, listen: "127.0.0.1:{port}", routes: [{routes}] }}
"""


@contextmanager
def cluster(folder: Path, *, size: int = 3, more: str = "") -> Iterator[dict[str, NatsServer]]:
    """Start them; name → server. `more` is configuration that all have, such as users and TLS."""
    ports = [free_port() for _ in range(size)]
    routes = ", ".join(f'"nats://127.0.0.1:{port}"' for port in ports)
    servers = {
        f"node-{port}": NatsServer(
            folder=folder / str(port),
            config=CONFIG.format(name=f"node-{port}", port=port, routes=routes) + more,
        )
        for port in ports
    }
    try:
        for server in servers.values():
            server.start()
        yield servers
    finally:
        for server in servers.values():
            server.kill()


def urls(servers: dict[str, NatsServer]) -> str:
    return ",".join(server.url for server in servers.values())


def provision(servers: dict[str, NatsServer], stream: Stream, consumer: Consumer) -> None:
    """Make the stream as soon as the three servers have a leader."""

    async def make() -> None:
        async with asyncio.timeout(30):
            while True:
                nc = await _connect(servers)
                try:
                    await provision_jetstream(nc, streams=[stream], consumers=[consumer])
                except (NotProvisioned, nats.errors.Error, TimeoutError):
                    await asyncio.sleep(LOOK_EVERY_SECONDS)
                else:
                    return
                finally:
                    await nc.close()

    asyncio.run(make())


def leader_of(servers: dict[str, NatsServer], stream: Stream) -> str:
    async def ask() -> str:
        nc = await _connect(servers)
        try:
            info = await nc.jetstream().stream_info(stream.name)
        finally:
            await nc.close()
        assert info.cluster
        return info.cluster.leader or ""

    return asyncio.run(ask())


def until_it_leads_again(servers: dict[str, NatsServer], stream: Stream) -> int:
    """Wait for a leader; return how many messages the stream holds."""
    deadline = time.monotonic() + at_most(10)
    while True:
        try:
            return asyncio.run(_count(servers, stream))
        except (nats.errors.Error, TimeoutError):
            if time.monotonic() > deadline:
                raise


async def _count(servers: dict[str, NatsServer], stream: Stream) -> int:
    nc = await _connect(servers)
    try:
        return (await nc.jetstream().stream_info(stream.name)).state.messages
    finally:
        await nc.close()


async def _connect(servers: dict[str, NatsServer]) -> Client:
    return await nats.connect([each.url for each in servers.values() if each.is_running])
