#!/usr/bin/env bash
# kombu: `celery purge` on SQS reports ten times the messages that the queue held. It asks for the
# size ten times, to give SQS time to count, and adds the answers up.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check celery==5.7.0 kombu==5.7.0 boto3==1.44.8 \
    pycurl==7.49.0 "urllib3<3" "moto[server,sqs]==5.2.5"

timeout 300 python - <<'PYTHON'
import logging
import threading
from importlib.metadata import version

import boto3
from celery import Celery
from click.testing import CliRunner
from celery.bin.celery import celery
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

logging.getLogger("werkzeug").setLevel(logging.ERROR)
moto = DomainDispatcherApplication(create_backend_app)
server = make_server("127.0.0.1", 0, moto, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
keys = {"aws_access_key_id": "demo", "aws_secret_access_key": "demo"}
endpoint = f"http://127.0.0.1:{server.port}"
sqs = boto3.client("sqs", region_name="eu-west-2", endpoint_url=endpoint, **keys)
url = sqs.create_queue(QueueName="teas")["QueueUrl"]

app = Celery("teas", broker=f"sqs://demo:demo@127.0.0.1:{server.port}")
app.conf.update(
    task_default_queue="teas",
    broker_transport_options={
        "region": "eu-west-2",
        "is_secure": False,
        "predefined_queues": {"teas": {"url": url}},
    },
)
for _ in range(3):
    app.send_task("brew")
names = ["ApproximateNumberOfMessages"]
held = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"][names[0]]
said = CliRunner().invoke(celery, ["purge", "--force"], obj=None, standalone_mode=True)
print("celery", version("celery"), "kombu", version("kombu"))
print("the queue holds", held, "messages")
print("celery purge:", said.output.strip())
assert held == "3" and "Purged 30 messages from 1 known task queue" in said.output, "it changed"
PYTHON
