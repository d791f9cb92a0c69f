#!/usr/bin/env bash
# Celery on a FIFO queue: a retry is sent to the group "default", not to the group of its message.
# So it keeps no order with its group. Nor do tasks that come in one answer: they run together.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check celery==5.7.0 kombu==5.7.0 boto3==1.44.8 \
    pycurl==7.49.0 "urllib3<3" "moto[server,sqs]==5.2.5"

timeout 300 python - <<'PYTHON' 2>/dev/null
import os
import threading
from importlib.metadata import version

import boto3
from celery import Celery
from celery.contrib.testing.worker import start_worker
from celery.signals import task_received
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

moto = DomainDispatcherApplication(create_backend_app)
server = make_server("127.0.0.1", 0, moto, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
keys = {"aws_access_key_id": "demo", "aws_secret_access_key": "demo"}
endpoint = f"http://127.0.0.1:{server.port}"
sqs = boto3.client("sqs", region_name="eu-west-2", endpoint_url=endpoint, **keys)
url = sqs.create_queue(QueueName="teas.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]

app = Celery("teas", broker=f"sqs://demo:demo@127.0.0.1:{server.port}")
app.conf.update(
    task_default_queue="teas.fifo",
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    broker_transport_options={
        "region": "eu-west-2",
        "is_secure": False,
        "wait_time_seconds": 1,
        "predefined_queues": {"teas.fifo": {"url": url}},
        "fetch_message_attributes": {"MessageSystemAttributeNames": ["MessageGroupId"]},
    },
)
both_run, done = threading.Barrier(2), threading.Event()
groups: list[str] = []


@task_received.connect
def note(request, **_: object) -> None:
    received = request.message.delivery_info["sqs_message"]
    groups.append(received["Attributes"]["MessageGroupId"])


@app.task(name="brew", bind=True, max_retries=1)
def brew(self, cup: str) -> None:
    if self.request.retries:
        done.set()
        return
    both_run.wait(120)
    if cup == "first":
        raise self.retry(countdown=0)


for cup in ("first", "second"):
    brew.apply_async((cup,), MessageGroupId="shop-7", MessageDeduplicationId=cup)
with start_worker(
    app, pool="threads", concurrency=2, perform_ping_check=False, loglevel="CRITICAL"
):
    retried = done.wait(240)
    print("celery", version("celery"), "kombu", version("kombu"))
    print("two tasks of one group at the same time:", "no" if both_run.broken else "yes")
    print("groups of the two tasks, and of the first one's retry:", *groups)
    assert retried and not both_run.broken, "it behaves otherwise now"
    assert groups == ["shop-7", "shop-7", "default"], "it behaves otherwise now"
    # A worker on SQS stops slowly, and there is nothing to keep.
    os.sys.stdout.flush()
    os._exit(0)
PYTHON
