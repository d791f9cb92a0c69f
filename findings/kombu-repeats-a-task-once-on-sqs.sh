#!/usr/bin/env bash
# kombu: `task_publish_retry_policy` asks for four more tries, a second apart, while no broker answers.
# With AMQP kombu makes them. With SQS it makes one more, at once, since "connecting" sends nothing there.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check celery==5.7.0 kombu==5.7.0 boto3==1.44.8 \
    pycurl==7.49.0 "urllib3<3"

timeout 120 python - <<'PYTHON'
import socket
import threading
import time
from importlib.metadata import version

from celery import Celery
from kombu.exceptions import OperationalError

POLICY = {"max_retries": 4, "interval_start": 1, "interval_step": 0, "interval_max": 1}


def tried(scheme: str) -> tuple[int, float]:
    """Send a task to a server that closes each connection; return how often, and for how long."""
    connections = 0

    def closing(listener: socket.socket) -> None:
        nonlocal connections
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connections += 1
            connection.close()

    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=closing, args=(listener,), daemon=True).start()
    port = listener.getsockname()[1]
    app = Celery(broker=f"{scheme}://demo:demo@127.0.0.1:{port}//")
    app.conf.task_publish_retry_policy = POLICY
    if scheme == "sqs":
        app.conf.broker_transport_options = {
            "region": "eu-west-2",
            "is_secure": False,
            "predefined_queues": {"celery": {"url": f"http://127.0.0.1:{port}/123456789012/celery"}},
            "client-config": {"retries": {"total_max_attempts": 1}},
        }
    begun = time.monotonic()
    try:
        app.send_task("teas.brew")
        raise AssertionError("it was sent")
    except OperationalError:
        taken = time.monotonic() - begun
    listener.close()
    return connections, taken


amqp, sqs = tried("amqp"), tried("sqs")
print("celery", version("celery"), "kombu", version("kombu"))
for name, (times, seconds) in {"AMQP": amqp, "SQS": sqs}.items():
    print(f"{name}: tried {times} times, for {seconds:.1f} s")
assert amqp[0] >= 5 and amqp[1] > 3.5, "it behaves otherwise now"
assert sqs[0] == 2, "it behaves otherwise now"
PYTHON
