#!/usr/bin/env bash
# kombu on SQS: a worker whose places are all taken looks for a free one every `polling_interval`,
# one second by default. So short tasks run at CONCURRENCY per second, however many wait.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check celery==5.7.0 kombu==5.7.0 boto3==1.44.5 \
    pycurl==7.49.0 "urllib3<3" "moto[server,sqs]==5.2.5"

cd "$folder"
cat >teas.py <<'PYTHON'
import os
import time

from celery import Celery

port = os.environ["PORT"]
app = Celery("teas", broker=f"sqs://demo:demo@127.0.0.1:{port}")
app.conf.update(
    broker_connection_retry_on_startup=True,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    broker_transport_options={
        "region": "eu-west-2",
        "is_secure": False,
        "wait_time_seconds": 5,
        "polling_interval": float(os.environ["INTERVAL"]),
        "predefined_queues": {
            "celery": {"url": f"http://127.0.0.1:{port}/123456789012/celery"},
        },
    },
)


@app.task(name="brew")
def brew() -> None:
    time.sleep(0.05)
    print(f"brewed at {time.monotonic():.2f}", flush=True)
PYTHON
cat >run.py <<'PYTHON'
import logging
import os
import re
import subprocess
import sys
from importlib.metadata import version

import boto3
from moto.server import ThreadedMotoServer

TASKS, PLACES = 12, 2


def seconds_for_all(interval: str) -> float:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    port = server.get_host_and_port()[1]
    keys = {"aws_access_key_id": "demo", "aws_secret_access_key": "demo"}
    url = f"http://127.0.0.1:{port}"
    boto3.client("sqs", endpoint_url=url, region_name="eu-west-2", **keys).create_queue(
        QueueName="celery"
    )
    os.environ |= {"PORT": str(port), "INTERVAL": interval}
    sys.modules.pop("teas", None)
    import teas

    for _ in range(TASKS):
        teas.brew.delay()
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "--quiet", "-A", "teas", "worker", "-P", "threads"]
        + ["-c", str(PLACES), "--without-gossip", "--without-mingle", "-l", "WARNING"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    ends = []
    for line in worker.stdout:
        if found := re.search(r"brewed at ([\d.]+)", line):
            ends.append(float(found[1]))
        if len(ends) == TASKS:
            break
    worker.kill()
    worker.wait()
    server.stop()
    return ends[-1] - ends[0]


logging.getLogger("werkzeug").setLevel(logging.ERROR)
print("celery", version("celery"), "kombu", version("kombu"))
slow, quick = seconds_for_all("1"), seconds_for_all("0.02")
print(f"{TASKS} tasks of 0.05 s, {PLACES} at a time, polling_interval 1: {slow:.1f} s")
print(f"the same, polling_interval 0.02: {quick:.1f} s")
assert slow > TASKS / PLACES - 2 > quick, "it changed"
PYTHON
timeout 120 python run.py
