"""The close of a connection to a peer that reads nothing."""

import asyncio
from contextlib import suppress
from typing import Any
from urllib.parse import urlparse

from apps.messaging.brokers.nats_transport import SureTransport

MORE_THAN_A_SOCKET_TAKES = b"." * 50_000_000


async def _close_twice() -> None:
    """As nats-py does it: the task that reconnects is cancelled while it closes."""
    end = asyncio.Event()

    async def read_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await end.wait()
        writer.close()

    async with await asyncio.start_server(read_nothing, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        transport: Any = SureTransport()  # type: ignore[no-untyped-call]
        await transport.connect(
            urlparse(f"nats://127.0.0.1:{port}"), buffer_size=1024, connect_timeout=5
        )
        transport.write(MORE_THAN_A_SOCKET_TAKES)
        transport.close()
        first = asyncio.create_task(transport.wait_closed())
        await asyncio.sleep(0)
        first.cancel()
        with suppress(asyncio.CancelledError):
            await first
        await transport.wait_closed()
        end.set()


def test_a_cancelled_close_cancels_no_later_one() -> None:
    asyncio.run(asyncio.wait_for(_close_twice(), 20))
