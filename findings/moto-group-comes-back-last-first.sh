#!/usr/bin/env bash
# moto: the messages of one group of a FIFO queue are received and not deleted. After the visibility
# timeout the last of them comes first, and alone; those before it wait until it is deleted.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check "moto[sqs]==5.2.5" boto3==1.44.8

timeout 120 python - <<'PYTHON'
import time
from importlib.metadata import version

import boto3
from moto import mock_aws

TIMEOUT = 1


@mock_aws
def main() -> None:
    keys = {"aws_access_key_id": "demo", "aws_secret_access_key": "demo"}
    sqs = boto3.client("sqs", region_name="eu-west-2", **keys)
    attributes = {
        "FifoQueue": "true",
        "ContentBasedDeduplication": "true",
        "VisibilityTimeout": str(TIMEOUT),
    }
    teas = sqs.create_queue(QueueName="teas.fifo", Attributes=attributes)["QueueUrl"]

    def receive() -> list[str]:
        answer = sqs.receive_message(QueueUrl=teas, MaxNumberOfMessages=10)
        handles.update({one["Body"]: one["ReceiptHandle"] for one in answer.get("Messages", [])})
        return [one["Body"] for one in answer.get("Messages", [])]

    handles: dict[str, str] = {}
    for body in ("one", "two", "three"):
        sqs.send_message(QueueUrl=teas, MessageBody=body, MessageGroupId="order-1")
    first = receive()
    time.sleep(TIMEOUT + 0.5)
    again = receive()
    sqs.delete_message(QueueUrl=teas, ReceiptHandle=handles["three"])
    then = receive()
    print("moto", version("moto"), "boto3", version("boto3"))
    print("sent and received in one group:", first)
    print("received again after the visibility timeout:", again)
    print("and when that is deleted:", then)
    assert first == ["one", "two", "three"], "it behaves otherwise now"
    assert (again, then) == (["three"], ["one", "two"]), "it behaves otherwise now"


main()
PYTHON
