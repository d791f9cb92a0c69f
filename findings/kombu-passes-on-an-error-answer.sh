#!/usr/bin/env bash
# kombu: a task that SQS does not take raises `kombu.exceptions.OperationalError`, as at any broker.
# If SQS answers with an error instead of not answering, botocore's own error comes through.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check celery==5.7.0 kombu==5.7.0 boto3==1.44.5 \
    "urllib3<3" "moto[server,sqs]==5.2.5"

timeout 90 python - <<'PYTHON'
import logging
from importlib.metadata import version

from celery import Celery
from moto.server import ThreadedMotoServer


def error_of_a_send(port: int) -> str:
    app = Celery(broker=f"sqs://demo:demo@127.0.0.1:{port}")
    app.conf.task_publish_retry = False
    app.conf.broker_transport_options = {
        "region": "eu-west-2",
        "is_secure": False,
        "predefined_queues": {
            "celery": {"url": f"http://127.0.0.1:{port}/123456789012/celery"},
        },
        "client-config": {"connect_timeout": 2, "retries": {"total_max_attempts": 1}},
    }
    try:
        app.send_task("teas.brew")
    except Exception as error:
        kind = type(error)
        return f"{kind.__module__}.{kind.__qualname__}"
    return "no error"


logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
_, port = server.get_host_and_port()
answered = error_of_a_send(port)
server.stop()
silent = error_of_a_send(port)
print("celery", version("celery"), "kombu", version("kombu"), "moto", version("moto"))
print("the queue does not exist:", answered)
print("no server answers:", silent)
assert answered == "botocore.errorfactory.QueueDoesNotExist", "it changed"
assert silent == "kombu.exceptions.OperationalError", "it changed"
PYTHON
