"""A nats-server with the shipped `deploy/nats.conf`, and connections as its users have them."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from apps.messaging.brokers.nats_py_fixes import PatchedClient
from tests.support.nats_server import NatsServer

CONFIG = (Path(__file__).parents[2] / "deploy" / "nats.conf").read_text()
USERS = re.findall(r"user: (\w+)", CONFIG)

type Work[T] = Callable[[PatchedClient], Coroutine[Any, Any, T]]


@contextmanager
def shop_nats(folder: Path, config: str = CONFIG) -> Iterator[NatsServer]:
    server = NatsServer(folder=folder, config=config)
    with pytest.MonkeyPatch.context() as environment:
        for user in USERS:
            environment.setenv(f"NATS_PASSWORD_{user.upper()}", f"secret-of-{user}")
        server.start()
    try:
        yield server
    finally:
        server.stop()


def url_of(server: NatsServer, user: str) -> str:
    return f"nats://{user}:secret-of-{user}@127.0.0.1:{server.port}"


def inbox_of(user: str) -> str:
    """Services have a prefix of their own; a developer's client has the usual one."""
    return "_INBOX" if user == "developer" else f"_INBOX_{user}"


def on_nats_as[T](server: NatsServer, user: str, work: Work[T]) -> tuple[T, list[str]]:
    """Run `work` on the user's own connection; return its result and the refusals."""
    refused: list[str] = []

    async def on_error(error: Exception) -> None:
        refused.append(str(error))

    async def connect_and_work() -> T:
        nc = PatchedClient()
        await nc.connect(url_of(server, user), inbox_prefix=inbox_of(user), error_cb=on_error)
        refused.clear()  # A first attempt to connect may have come too late.
        try:
            result = await work(nc)
            await nc.flush()  # A refusal comes before the answer to a ping.
            return result
        finally:
            await nc.close()

    return asyncio.run(connect_and_work()), refused
