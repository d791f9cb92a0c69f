"""Loops at a queue with boto3 alone: `sqs_loop QUEUE_URL batched|single`.

`batched` deletes ten jobs at once, `single` each by itself, as one writes it first.
"""

import json
import os
import sys

import boto3


def main(url: str, how: str) -> None:
    """Receive and delete, until the process is stopped."""
    client = boto3.client("sqs", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    while True:
        answer = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        jobs = answer.get("Messages", [])
        for job in jobs:
            json.loads(job["Body"])
            if how == "single":
                client.delete_message(QueueUrl=url, ReceiptHandle=job["ReceiptHandle"])
        if jobs and how == "batched":
            entries = [
                {"Id": str(number), "ReceiptHandle": job["ReceiptHandle"]}
                for number, job in enumerate(jobs)
            ]
            client.delete_message_batch(QueueUrl=url, Entries=entries)  # type: ignore[arg-type]


if __name__ == "__main__":
    main(*sys.argv[1:])
