#!/usr/bin/env bash
# nats-py: user and password in a URL are sent as they stand there, so an escaped one is refused.
# RFC 3986 (2.1) wants `@`, `/` and `:` of a password percent-encoded; the same URL lets Go's in.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check nats-py==2.16.0

timeout 60 python - <<'PYTHON'
import asyncio
import json
from importlib.metadata import version
from urllib.parse import quote

import nats

INFO = b'INFO {"server_id": "a", "version": "2.15.1", "auth_required": true, "headers": true}\r\n'
PASSWORD = "p@ss/word"
sent: list[str] = []


async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Note the password that a client gives, and let everybody in."""
    writer.write(INFO)
    while line := await reader.readline():
        word, _, rest = line.decode().partition(" ")
        if word == "CONNECT":
            sent.append(json.loads(rest)["pass"])
        if line.startswith(b"PING"):
            writer.write(b"PONG\r\n")
    writer.close()


async def main() -> None:
    print("nats-py", version("nats-py"))
    listening = await asyncio.start_server(server, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    url = f"nats://shop:{quote(PASSWORD, safe='')}@127.0.0.1:{port}"
    await (await nats.connect(url)).close()
    await (await nats.connect(url, user="shop", password=PASSWORD)).close()
    print("the URL", url, "sends", sent[0], "and beside it as an option", sent[1])
    assert sent == [quote(PASSWORD, safe=""), PASSWORD], "it behaves otherwise now"
    listening.close()


asyncio.run(main())
PYTHON
