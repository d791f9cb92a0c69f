#!/usr/bin/env bash
# Celery: `worker_deduplicate_successful_tasks` promises not to run a redelivered task again if it
# succeeded. It looks at a flag that kombu never sets for what SQS redelivers: the task runs again.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check celery==5.7.0 kombu==5.7.0 boto3==1.44.8 \
    pycurl==7.49.0 "urllib3<3" "moto[server,sqs]==5.2.5"

cd "$folder"
mkdir results
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
url = sqs.create_queue(QueueName="teas", Attributes={"VisibilityTimeout": "2"})["QueueUrl"]

app = Celery("teas", broker=f"sqs://demo:demo@127.0.0.1:{server.port}", backend="file://results")
app.conf.update(
    task_default_queue="teas",
    task_acks_late=True,
    worker_deduplicate_successful_tasks=True,
    worker_prefetch_multiplier=2,
    worker_enable_remote_control=False,
    broker_transport_options={
        "region": "eu-west-2",
        "is_secure": False,
        "wait_time_seconds": 1,
        "predefined_queues": {"teas": {"url": url}},
    },
)
redelivered, ran_again = threading.Event(), threading.Event()
states: list[str] = []
deliveries: list[tuple[str, bool]] = []


@task_received.connect
def note(request, **_: object) -> None:
    received = request.message.delivery_info["sqs_message"]
    count = received["Attributes"]["ApproximateReceiveCount"]
    deliveries.append((count, request.delivery_info["redelivered"]))
    if len(deliveries) == 2:
        redelivered.set()


@app.task(name="brew", bind=True)
def brew(self) -> None:
    states.append(app.AsyncResult(self.request.id).state)
    if len(states) == 1:
        # Longer than the visibility timeout; the second copy waits behind this one.
        redelivered.wait(120)
    else:
        ran_again.set()


with start_worker(
    app, pool="threads", concurrency=1, perform_ping_check=False, loglevel="CRITICAL"
):
    brew.delay()
    again = ran_again.wait(180)
    print("celery", version("celery"), "kombu", version("kombu"))
    for count, flag in deliveries[:2]:
        print(f"SQS says: receive number {count}; Celery says: redelivered={flag}")
    print("state of the task at the beginning of each run:", *states[:2])
    assert again and states[:2] == ["PENDING", "SUCCESS"], "it behaves otherwise now"
    assert deliveries[:2] == [("1", False), ("2", False)], "it behaves otherwise now"
    # A worker on SQS stops slowly, and there is nothing to keep.
    os.sys.stdout.flush()
    os._exit(0)
PYTHON
