#!/usr/bin/env bash
# kombu: AWS_CA_BUNDLE names the certificate authority of an SQS that is not Amazon's. kombu sends
# by it, since botocore does; its worker polls with curl, by the authorities of certifi alone.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check kombu==5.7.0 boto3==1.44.5 pycurl==7.49.0 \
    "urllib3<3" "moto[server,sqs]==5.2.5" trustme==1.2.1

FOLDER="$folder" timeout 90 python - <<'PYTHON'
import logging
import os
import threading
from importlib.metadata import version

import trustme
from kombu import Connection
from kombu.asynchronous import Hub, set_event_loop
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

logging.getLogger("werkzeug").setLevel(logging.ERROR)
authority = trustme.CA()
bundle, own = f"{os.environ['FOLDER']}/ca.pem", f"{os.environ['FOLDER']}/own.pem"
authority.cert_pem.write_to_path(bundle)
authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(own)
os.environ["AWS_CA_BUNDLE"] = bundle
moto = DomainDispatcherApplication(create_backend_app)
server = make_server("127.0.0.1", 0, moto, threaded=True, ssl_context=(own, own))
threading.Thread(target=server.serve_forever, daemon=True).start()

connection = Connection(
    f"sqs://demo:demo@127.0.0.1:{server.port}",
    transport_options={"region": "eu-west-2", "is_secure": True, "wait_time_seconds": 1},
)
queue = connection.SimpleQueue("teas")
queue.put("brew")
print("kombu", version("kombu"), "boto3", version("boto3"), "pycurl", version("pycurl"))
print("by botocore: sent, and the queue holds", queue.qsize())

hub = Hub()
set_event_loop(hub)
channel = connection.default_channel
channel.hub = hub
polling = channel.asynsqs("teas")
seen = []
original = type(polling)._on_list_ready


def on_list_ready(self, parent, markers, operation, response):
    seen.append((response.status, response.reason))
    return original(self, parent, markers, operation, response)


type(polling)._on_list_ready = on_list_ready
url = channel._new_queue("teas")
polling.receive_message("teas", url, number_messages=1, wait_time_seconds=1)
while not seen:  # `timeout` ends it in any case
    next(hub.loop)
server.shutdown()
print("by curl: HTTP", *seen[0])
assert seen[0][0] == 599 and "certificate" in seen[0][1], "it changed"
PYTHON
