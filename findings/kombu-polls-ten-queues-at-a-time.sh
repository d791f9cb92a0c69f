#!/usr/bin/env bash
# kombu: a worker on SQS polls at most ten queues at the same time, since its HTTP client has ten
# handles. With long polls, a message in an eleventh queue waits until the poll of an empty one ends.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check kombu==5.7.0 boto3==1.44.8 pycurl==7.49.0 "urllib3<3"

# No SQS is needed: this server leaves each poll open, as SQS does while a queue is empty.
timeout 300 python - <<'PYTHON'
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version

from kombu import Connection, Consumer, Queue
from kombu.asynchronous import Hub, set_event_loop

QUEUES = [f"teas-{number}" for number in range(1, 13)]
polled: list[str] = []
one_poll_ends = threading.Semaphore(0)


class LongPolls(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        answer = b"{}"
        if "WaitTimeSeconds" in body:
            polled.append(re.findall(r"teas-\d+", self.path + body)[0])
            one_poll_ends.acquire()
        else:  # kombu first asks for the size of each queue.
            answer = b'{"Attributes": {"ApproximateNumberOfMessages": "0"}}'
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), LongPolls)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
hub = Hub()
set_event_loop(hub)
url = f"http://127.0.0.1:{server.server_port}/123456789012"
connection = Connection(
    f"sqs://demo:demo@127.0.0.1:{server.server_port}",
    transport_options={
        "region": "eu-west-2",
        "is_secure": False,
        "wait_time_seconds": 20,
        "predefined_queues": {name: {"url": f"{url}/{name}"} for name in QUEUES},
    },
)
Consumer(connection.channel(), [Queue(name) for name in QUEUES], on_message=print).consume()


def turn_for(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        next(hub.loop)


hub.call_repeatedly(0.1, lambda: None)  # So that the loop turns also while nothing happens.
while len(polled) < 10:  # `timeout` ends it in any case
    turn_for(0.2)
turn_for(4)
at_first = len(set(polled))
one_poll_ends.release()
turn_for(4)
later = len(set(polled))
print("kombu", version("kombu"))
print(f"{len(QUEUES)} queues, all empty: {at_first} are polled")
print(f"after the end of one of these polls: {later}")
assert (at_first, later) == (10, 11), "it behaves otherwise now"
PYTHON
