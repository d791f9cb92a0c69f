#!/usr/bin/env bash
# moto: `SetQueueAttributes` changes what it names and nothing else. moto also deletes the access policy
# of the queue, whatever it is asked to change; the redrive policy stays.
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

CHANGED = ("Policy", "RedrivePolicy", "VisibilityTimeout")


@mock_aws
def main() -> None:
    keys = {"aws_access_key_id": "demo", "aws_secret_access_key": "demo"}
    sqs = boto3.client("sqs", region_name="eu-west-2", **keys)
    spilt = sqs.create_queue(QueueName="spilt")["QueueUrl"]
    teas = sqs.create_queue(QueueName="teas")["QueueUrl"]

    def attributes(url: str) -> dict[str, str]:
        return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]

    statement = {
        "Sid": "uploads",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": attributes(teas)["QueueArn"],
    }
    redrive = {"deadLetterTargetArn": attributes(spilt)["QueueArn"], "maxReceiveCount": 5}
    values = {
        "Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        "RedrivePolicy": json.dumps(redrive),
    }
    sqs.set_queue_attributes(QueueUrl=teas, Attributes=values)
    before = [name for name in CHANGED if name in attributes(teas)]
    sqs.set_queue_attributes(QueueUrl=teas, Attributes={"VisibilityTimeout": "60"})
    after = [name for name in CHANGED if name in attributes(teas)]
    print("moto", version("moto"), "boto3", version("boto3"))
    print("the queue has", ", ".join(before))
    print("after a change of VisibilityTimeout it has", ", ".join(after))
    assert before == [*CHANGED], "it behaves otherwise now"
    assert after == ["RedrivePolicy", "VisibilityTimeout"], "it behaves otherwise now"


main()
PYTHON
