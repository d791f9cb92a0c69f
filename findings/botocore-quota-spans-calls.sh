#!/usr/bin/env bash
# botocore: its quota of retries belongs to the client; calls that fail use up those of all others.
# By default a call is tried three times; after many failed ones each is tried once.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check boto3==1.44.5 botocore==1.44.5

timeout 120 python - <<'PYTHON'
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version

import boto3
from botocore.exceptions import ClientError

CALLS = 45
asked = 0


class Busy(BaseHTTPRequestHandler):
    """A service that answers 503 to whatever it is asked."""

    def do_POST(self) -> None:
        global asked
        asked += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    print("botocore", version("botocore"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Busy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    keys = {"aws_access_key_id": "demo", "aws_secret_access_key": "demo"}
    sqs = boto3.client("sqs", region_name="eu-west-2", endpoint_url=url, **keys)
    print("retries by default:", sqs.meta.config.retries)
    tries = []
    for _ in range(CALLS):
        before = asked
        try:
            sqs.list_queues()
        except ClientError:
            tries.append(asked - before)
    server.shutdown()
    print("tries of each failed call:", tries)
    assert tries[0] == 3, "it behaves otherwise now"
    assert tries[-1] == 1, "it behaves otherwise now"


main()
PYTHON
