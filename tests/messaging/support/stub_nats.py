"""A minimal NATS server for one client, to see what it sends and to answer it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

INFO = b'INFO {"server_id": "stub", "headers": true, "max_payload": 1048576}\r\n'


@dataclass
class StubServer:
    """It answers each ping, and knows no subscriptions."""

    lines: list[bytes] = field(default_factory=list)
    port: int = 0
    _writer: asyncio.StreamWriter | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def send(self, data: bytes) -> None:
        assert self._writer
        self._writer.write(data)

    def hang_up(self) -> None:
        assert self._writer
        self._writer.close()

    def verbs(self) -> list[bytes]:
        """Return the first word of each line that the client has sent."""
        return [line.split()[0] for line in self.lines]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        writer.write(INFO)
        while line := await reader.readline():
            self.lines.append(line)
            if line.startswith(b"PING"):
                writer.write(b"PONG\r\n")
        writer.close()


@asynccontextmanager
async def stub_server() -> AsyncIterator[StubServer]:
    stub = StubServer()
    server = await asyncio.start_server(stub.serve, "127.0.0.1", 0)
    stub.port = server.sockets[0].getsockname()[1]
    async with server:
        yield stub
