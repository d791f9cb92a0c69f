#!/usr/bin/env bash
# moto: one entry over twelve hours makes it refuse a whole batch of visibility changes.
# SQS answers 200 and names the failed entry; moto also counts the hours from the sending.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check "moto[sqs]==5.2.5" boto3==1.44.5

timeout 60 python - <<'PYTHON'
import time
from importlib.metadata import version

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

TWELVE_HOURS = 12 * 3600


@mock_aws
def main() -> None:
    print("moto", version("moto"), "boto3", version("boto3"))
    keys = {"aws_access_key_id": "demo", "aws_secret_access_key": "demo"}
    sqs = boto3.client("sqs", region_name="eu-west-2", **keys)
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="old")
    time.sleep(4)  # Its age alone makes the difference.
    sqs.send_message(QueueUrl=url, MessageBody="new")
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    entries = [
        {
            "Id": message["Body"],
            "ReceiptHandle": message["ReceiptHandle"],
            "VisibilityTimeout": TWELVE_HOURS - 3,
        }
        for message in messages
    ]

    def change(entries: list[dict[str, object]]) -> str:
        try:
            answer = sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)
        except ClientError as error:
            return error.response["Error"]["Code"]
        return f"{len(answer.get('Successful', []))} changed"

    both = change(entries)
    new = change([entry for entry in entries if entry["Id"] == "new"])
    print(f"both in one batch: {both}; the new one alone: {new}")
    assert (both, new) == ("InvalidParameterValue", "1 changed"), "it behaves otherwise now"


main()
PYTHON
