#!/usr/bin/env bash
# moto: a redrive policy whose dead letter queue does not exist is refused. The queue has it all the
# same, and whatever else that call changed. A message is delivered again and again, and never moved.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check "moto[sqs]==5.2.5" boto3==1.44.8

timeout 120 python - <<'PYTHON'
import json
from importlib.metadata import version

import boto3
from moto import mock_aws


@mock_aws
def main() -> None:
    keys = {"aws_access_key_id": "demo", "aws_secret_access_key": "demo"}
    sqs = boto3.client("sqs", region_name="eu-west-2", **keys)
    teas = sqs.create_queue(QueueName="teas")["QueueUrl"]

    def attributes() -> dict[str, str]:
        return sqs.get_queue_attributes(QueueUrl=teas, AttributeNames=["All"])["Attributes"]

    arn = attributes()["QueueArn"].replace("teas", "spilt")
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 2})
    wanted = {"VisibilityTimeout": "60", "RedrivePolicy": redrive}
    try:
        sqs.set_queue_attributes(QueueUrl=teas, Attributes=wanted)
        answer = "accepted"
    except sqs.exceptions.QueueDoesNotExist as error:
        answer = error.response["Error"]["Code"]
    found = attributes()
    # Now the queue for dead letters is made, and the redrive policy is "there".
    sqs.create_queue(QueueName="spilt")
    sqs.send_message(QueueUrl=teas, MessageBody="42")
    receives = sum(
        len(sqs.receive_message(QueueUrl=teas, VisibilityTimeout=0).get("Messages", []))
        for _ in range(5)
    )
    print("moto", version("moto"), "boto3", version("boto3"))
    print("answer:", answer)
    print("then:", found.get("RedrivePolicy"), "VisibilityTimeout", found["VisibilityTimeout"])
    print("received", receives, "times, with a maxReceiveCount of 2")
    assert answer == "AWS.SimpleQueueService.NonExistentQueue", "it behaves otherwise now"
    assert found["VisibilityTimeout"] == "60" and "RedrivePolicy" in found, "it behaves otherwise"
    assert receives == 5, "it behaves otherwise now"


main()
PYTHON
