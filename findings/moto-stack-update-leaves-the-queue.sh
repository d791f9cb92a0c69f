#!/usr/bin/env bash
# moto: the update of a CloudFormation stack gives a queue a redrive policy, and answers
# UPDATE_COMPLETE. Of a queue it changes two times alone; the queue has no dead letter queue.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check "moto[cloudformation,sqs]==5.2.5" boto3==1.44.8

timeout 120 python - <<'PYTHON'
import json
from importlib.metadata import version

import boto3
from moto import mock_aws

DEAD_LETTERS = {"deadLetterTargetArn": {"Fn::GetAtt": ["Spilt", "Arn"]}, "maxReceiveCount": 5}
BEFORE = {"VisibilityTimeout": 30, "MessageRetentionPeriod": 345600}
AFTER = {
    "VisibilityTimeout": 60,
    "MessageRetentionPeriod": 1209600,
    "RedrivePolicy": DEAD_LETTERS,
}


def template(teas: dict[str, object]) -> str:
    queues = {"Spilt": {"QueueName": "spilt"}, "Teas": {"QueueName": "teas"} | teas}
    return json.dumps(
        {
            "Resources": {
                name: {"Type": "AWS::SQS::Queue", "Properties": properties}
                for name, properties in queues.items()
            }
        }
    )


@mock_aws
def after(first: dict[str, object], second: dict[str, object] | None = None) -> dict[str, object]:
    keys = {"aws_access_key_id": "demo", "aws_secret_access_key": "demo"}
    stacks = boto3.client("cloudformation", region_name="eu-west-2", **keys)
    sqs = boto3.client("sqs", region_name="eu-west-2", **keys)
    stacks.create_stack(StackName="shop", TemplateBody=template(first))
    if second:
        stacks.update_stack(StackName="shop", TemplateBody=template(second))
    status = stacks.describe_stacks(StackName="shop")["Stacks"][0]["StackStatus"]
    url = sqs.get_queue_url(QueueName="teas")["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return {
        "status": status,
        "visibility": found["VisibilityTimeout"],
        "retention": found["MessageRetentionPeriod"],
        "dead letters": "RedrivePolicy" in found,
    }


created, updated = after(AFTER), after(BEFORE, AFTER)
print("moto", version("moto"), "boto3", version("boto3"))
print("made by this template:", created)
print("brought to it:", updated)
names = ("status", "visibility", "retention", "dead letters")
assert tuple(created[name] for name in names) == ("CREATE_COMPLETE", "60", "1209600", True)
assert tuple(updated[name] for name in names) == ("UPDATE_COMPLETE", "60", "345600", False)
PYTHON
