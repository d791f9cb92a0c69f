#!/usr/bin/env bash
# nats-py: `await nc.flush()` after `await nc.subscribe(...)` does not wait for the subscription.
# Its PING is written past the queue in which the SUB still waits, so the PONG answers too early.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check nats-py==2.16.0

timeout 60 python - <<'PYTHON'
import asyncio
from importlib.metadata import version

import nats

INFO = b'INFO {"server_id": "a", "version": "2.15.1", "headers": true, "max_payload": 1048576}\r\n'
heard: list[str] = []


async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speak as much of the protocol as a subscriber needs, and note what comes in which order."""
    writer.write(INFO)
    while line := await reader.readline():
        word = line.split()[0].decode().upper()
        heard.append(word)
        if word == "PING":
            writer.write(b"PONG\r\n")
    writer.close()


async def main() -> None:
    print("nats-py", version("nats-py"))
    listening = await asyncio.start_server(server, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    nc = await nats.connect(f"nats://127.0.0.1:{port}")
    heard.clear()
    await nc.subscribe("orders.placed")
    await nc.flush()
    await nc.flush()  # By now the server has both lines.
    print("subscribe and flush reached the server in this order:", heard[:2])
    assert heard[:2] == ["PING", "SUB"], "it behaves otherwise now"
    await nc.close()
    listening.close()


asyncio.run(main())
PYTHON
