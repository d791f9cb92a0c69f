#!/usr/bin/env bash
# kombu: with a topic exchange, the routing key of a task is not the name of its queue. A worker on SQS
# takes the key for the name when it acknowledges: the task is done, the worker ends, the task comes again.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check celery==5.7.0 kombu==5.7.0 boto3==1.44.8 \
    pycurl==7.49.0 "urllib3<3" "moto[server,sqs]==5.2.5"

cd "$folder"
cat >teas.py <<'PYTHON'
import os

from celery import Celery
from kombu import Exchange, Queue

port = os.environ["MOTO"]
app = Celery("teas", broker=f"sqs://demo:demo@127.0.0.1:{port}")
app.conf.update(
    task_queues=[Queue("teas", Exchange("shop", type="topic"), routing_key="tea.*")],
    task_default_queue="teas",
    worker_enable_remote_control=False,
    broker_transport_options={
        "region": "eu-west-2",
        "is_secure": False,
        "wait_time_seconds": 1,
        "polling_interval": 0.1,
        "predefined_queues": {"teas": {"url": f"http://127.0.0.1:{port}/123456789012/teas"}},
    },
)


@app.task(name="brew", acks_late=True)
def brew() -> None:
    with open("brewed", "a") as file:
        file.write("once\n")
PYTHON

timeout 240 python - <<'PYTHON'
import logging
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import boto3
from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
_, port = server.get_host_and_port()
os.environ["MOTO"] = str(port)
keys = {"aws_access_key_id": "demo", "aws_secret_access_key": "demo"}
sqs = boto3.client("sqs", region_name="eu-west-2", endpoint_url=f"http://127.0.0.1:{port}", **keys)
sqs.create_queue(QueueName="teas", Attributes={"VisibilityTimeout": "10"})

from teas import app

app.tasks["brew"].apply_async(exchange="shop", routing_key="tea.green")
command = [sys.executable, "-m", "celery", "--app=teas", "worker", "--pool=solo", "--loglevel=ERROR"]
said = []
for _ in range(2):  # The second is the one that a supervisor starts.
    worker = subprocess.run(command, capture_output=True, text=True, timeout=90)
    said.append(worker.stderr)
brewed = Path("brewed").read_text().count("once")
print("celery", version("celery"), "kombu", version("kombu"))
print(said[0].partition("Unrecoverable error: ")[2].partition("\n")[0])
print(f"one task, two workers that ended: done {brewed} times")
server.stop()
reason = "Queue with name 'tea-green' must be defined in 'predefined_queues'."
assert all(reason in each for each in said) and brewed == 2, "it behaves otherwise now"
PYTHON
