"""Sends one job, then receives, processes and deletes jobs until the queue has none."""

import json
import os

import boto3

sqs = boto3.client("sqs")
queue = os.environ.get("Q") or sqs.create_queue(QueueName="jobs")["QueueUrl"]
sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({"task": "resize", "id": 7}))
while messages := sqs.receive_message(
    QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=20
).get("Messages"):
    for message in messages:
        print("resizing", json.loads(message["Body"])["id"], flush=True)
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
