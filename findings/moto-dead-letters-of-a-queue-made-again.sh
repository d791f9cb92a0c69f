#!/usr/bin/env bash
# moto: a dead letter queue is deleted and made again. The redrive policy still names it, and a message
# that is received too often leaves its queue; it goes to the deleted one, where no one can receive it.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check "moto[sqs]==5.2.5" boto3==1.44.8

timeout 120 python - <<'PYTHON'
import json
import time
from importlib.metadata import version

import boto3
from moto import mock_aws

TIMEOUT = 1


@mock_aws
def main() -> None:
    keys = {"aws_access_key_id": "demo", "aws_secret_access_key": "demo"}
    sqs = boto3.client("sqs", region_name="eu-west-2", **keys)

    def attributes(url: str) -> dict[str, str]:
        return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]

    def receive(url: str) -> list[str]:
        return [one["Body"] for one in sqs.receive_message(QueueUrl=url).get("Messages", [])]

    def moved(body: str) -> tuple[list[str], list[str]]:
        """Receive one message once too often; return what is received of both queues then."""
        sqs.send_message(QueueUrl=teas, MessageBody=body)
        assert receive(teas) == [body]
        time.sleep(TIMEOUT + 0.5)
        return receive(teas), receive(spilt)

    spilt = sqs.create_queue(QueueName="spilt")["QueueUrl"]
    arn = attributes(spilt)["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
    values = {"VisibilityTimeout": str(TIMEOUT), "RedrivePolicy": redrive}
    teas = sqs.create_queue(QueueName="teas", Attributes=values)["QueueUrl"]
    before = moved("before")
    sqs.delete_queue(QueueUrl=spilt)
    spilt = sqs.create_queue(QueueName="spilt")["QueueUrl"]
    after = moved("after")
    named = json.loads(attributes(teas)["RedrivePolicy"])["deadLetterTargetArn"]
    sqs.set_queue_attributes(QueueUrl=teas, Attributes={"RedrivePolicy": redrive})
    again = moved("policy set again")
    print("moto", version("moto"), "boto3", version("boto3"))
    print("in the queue, and in its dead letter queue:", before)
    print("when the dead letter queue is made again:", after)
    print("the policy names the new one:", named == arn == attributes(spilt)["QueueArn"])
    print("when the same policy is set again:", again)
    assert named == arn == attributes(spilt)["QueueArn"], "it behaves otherwise now"
    assert before == ([], ["before"]) and after == ([], []), "it behaves otherwise now"
    assert again == ([], ["policy set again"]), "it behaves otherwise now"


main()
PYTHON
