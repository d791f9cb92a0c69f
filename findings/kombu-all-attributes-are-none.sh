#!/usr/bin/env bash
# kombu: `fetch_message_attributes` that asks for "All" fetches none, not even the count of receives
# that it fetches by default: it asks for "ALL", and the attribute of SQS is called "All".
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check kombu==5.7.0 boto3==1.44.8 pycurl==7.49.0 \
    "urllib3<3" "moto[server,sqs]==5.2.5"

timeout 300 python - <<'PYTHON'
import logging
import threading
from importlib.metadata import version

import boto3
from kombu import Connection
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
leaf = {"leaf": {"DataType": "String", "StringValue": "green"}}


def fetched(by: dict[str, list[str]] | None) -> list[str]:
    options = {
        "region": "eu-west-2",
        "is_secure": False,
        "wait_time_seconds": 1,
        "predefined_queues": {"teas": {"url": url}},
        "fetch_message_attributes": by,
    }
    broker = f"sqs://demo:demo@127.0.0.1:{server.port}"
    with Connection(broker, transport_options=options) as connection:
        queue = connection.SimpleQueue("teas")
        queue.put("brew", message_attributes=leaf)
        message = queue.get(timeout=60)
        message.ack()
    received = message.delivery_info["sqs_message"]
    return sorted({**received.get("Attributes", {}), **received.get("MessageAttributes", {})})


by_default = fetched(None)
by_name = fetched(
    {"MessageSystemAttributeNames": ["SentTimestamp"], "MessageAttributeNames": ["leaf"]}
)
by_all = fetched({"MessageSystemAttributeNames": ["All"], "MessageAttributeNames": ["All"]})
known = sqs.meta.service_model.shape_for("MessageSystemAttributeName").enum
print("kombu", version("kombu"), "boto3", version("boto3"), "moto", version("moto"))
print("by default:", *by_default)
print("by name:", *by_name)
print("by All:", *by_all or ["nothing"])
print("SQS knows All:", "All" in known, "and ALL:", "ALL" in known)
assert by_default == ["ApproximateReceiveCount"], by_default
assert by_name == ["ApproximateReceiveCount", "SentTimestamp", "leaf"], by_name
assert by_all == [] and "All" in known and "ALL" not in known, "it behaves otherwise now"
PYTHON
