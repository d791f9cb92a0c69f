#!/usr/bin/env bash
# moto that enforces IAM: a policy for sqs:SendMessage does not cover SendMessageBatch.
# At AWS a batch needs the right of its one message, and there is no action of the batch's name.
# GetQueueUrl, which names the queue, needs its right on every queue, and not on this one.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check "moto[iam,sqs]==5.2.5" boto3==1.44.5

timeout 60 python - <<'PYTHON'
import json
from importlib.metadata import version

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count

QUEUE = "arn:aws:sqs:eu-west-2:123456789012:jobs"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:GetQueueUrl"], "Resource": QUEUE}
    ],
}


def client(service, id="demo", secret="demo"):
    keys = {"aws_access_key_id": id, "aws_secret_access_key": secret}
    return boto3.client(service, region_name="eu-west-2", **keys)


def outcome(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"]
    return 200


@set_initial_no_auth_action_count(0)
def as_sender(id, secret, url):
    sqs = client("sqs", id, secret)
    return {
        "SendMessage": outcome(sqs.send_message, QueueUrl=url, MessageBody="1"),
        "SendMessageBatch": outcome(
            sqs.send_message_batch, QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "1"}]
        ),
        "GetQueueUrl": outcome(sqs.get_queue_url, QueueName="jobs"),
    }


@mock_aws
def main():
    print("moto", version("moto"), "boto3", version("boto3"))
    url = client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    iam = client("iam")
    iam.create_user(UserName="sender")
    iam.put_user_policy(UserName="sender", PolicyName="its", PolicyDocument=json.dumps(POLICY))
    key = iam.create_access_key(UserName="sender")["AccessKey"]
    seen = as_sender(key["AccessKeyId"], key["SecretAccessKey"], url)
    print(seen)
    wanted = {"SendMessage": 200, "SendMessageBatch": 403, "GetQueueUrl": 403}
    assert seen == wanted, "it behaves otherwise now"


main()
PYTHON
