#!/usr/bin/env bash
# kombu: a task with `message_attributes` is sent to SQS, and its connection breaks once. kombu sends it
# again by itself, and without the attributes. No error is raised, and nothing is logged.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check celery==5.7.0 kombu==5.7.0 boto3==1.44.8 \
    pycurl==7.49.0 "urllib3<3" "moto[server,sqs]==5.2.5"

timeout 120 python - <<'PYTHON'
import logging
import threading
from importlib.metadata import version

import boto3
from celery import Celery
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
to_break = 0


def verified(*_: object) -> bool:
    """Refuse, and so close, the next connections if they are to break."""
    global to_break
    to_break -= 1
    return to_break < 0


server.verify_request = verified
threading.Thread(target=server.serve_forever, daemon=True).start()
keys = {"aws_access_key_id": "demo", "aws_secret_access_key": "demo"}
endpoint = f"http://127.0.0.1:{server.port}"
sqs = boto3.client("sqs", region_name="eu-west-2", endpoint_url=endpoint, **keys)
url = sqs.create_queue(QueueName="teas")["QueueUrl"]

app = Celery(broker=f"sqs://demo:demo@127.0.0.1:{server.port}")
app.conf.task_default_queue = "teas"
app.conf.broker_transport_options = {
    "region": "eu-west-2",
    "is_secure": False,
    "predefined_queues": {"teas": {"url": url}},
    # kombu repeats what fails; botocore does not.
    "client-config": {"retries": {"total_max_attempts": 1}},
}
shop = {"shop": {"DataType": "String", "StringValue": "leeds"}}
arrived = []
for breaks in (0, 0, 1):  # Before the first task kombu asks for the size of the queue.
    to_break = breaks
    app.send_task("brew", message_attributes=dict(shop))
    (message,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    arrived.append(message.get("MessageAttributes", {}))
print("celery", version("celery"), "kombu", version("kombu"), "moto", version("moto"))
print("sent at once:", arrived[1])
print("sent again after one broken connection:", arrived[2])
assert arrived[:2] == [shop, shop] and arrived[2] == {}, "it behaves otherwise now"
PYTHON
