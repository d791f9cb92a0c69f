"""`aws sqs ...`: each command is one call of SQS's API, and prints its answer as JSON."""

import asyncio
import json
import time
from typing import Any

from apps.lab.map.typed_points import RECEIVED, SENT, SETTLED, SQS
from apps.lab.terminal import rights
from apps.lab.terminal.reporting import report
from apps.lab.terminal.tool import LineValues, Screen
from apps.messaging.by_hand.sqs_at_terminal import call

EACH_WAIT = 1
"""Seconds of one poll. A long poll is made of several, so that Ctrl-C and the end are obeyed."""


async def create_queue(given: LineValues, screen: Screen) -> None:
    _show(await _call("create_queue", QueueName=given["queue-name"]), screen)


async def delete_queue(given: LineValues, screen: Screen) -> None:
    rights.check_delete(_name(given))
    _show(await _call("delete_queue", QueueUrl=given["queue-url"]), screen)


async def send_message(given: LineValues, screen: Screen) -> None:
    body = given["message-body"]
    answer = await _call(
        "send_message",
        QueueUrl=given["queue-url"],
        MessageBody=body,
        DelaySeconds=given["delay-seconds"],
    )
    report(SENT, _name(given), body, by=SQS)
    _show(answer, screen)


async def receive_message(given: LineValues, screen: Screen) -> None:
    """Receive up to so many messages; the handle of the last is `$RECEIPT_HANDLE` afterwards."""
    end = time.monotonic() + given["wait-time-seconds"]
    answer: dict[str, Any] = {}
    while not answer.get("Messages"):
        left = end - time.monotonic()
        answer = await _call(
            "receive_message",
            QueueUrl=given["queue-url"],
            MaxNumberOfMessages=given["max-number-of-messages"],
            WaitTimeSeconds=EACH_WAIT if left > 0 else 0,
            VisibilityTimeout=given["visibility-timeout"],
            MessageSystemAttributeNames=given["attribute-names"],
            MessageAttributeNames=given["message-attribute-names"],
        )
        if left <= 0:
            break
    for message in answer.get("Messages", []):
        report(RECEIVED, _name(given), message["Body"], by=SQS)
        screen.set("RECEIPT_HANDLE", message["ReceiptHandle"])
    _show(answer, screen)


async def delete_message(given: LineValues, screen: Screen) -> None:
    handle = given["receipt-handle"]
    _show(await _call("delete_message", QueueUrl=given["queue-url"], ReceiptHandle=handle), screen)
    report(SETTLED, _name(given), handle, by=SQS)


async def change_message_visibility(given: LineValues, screen: Screen) -> None:
    _show(
        await _call(
            "change_message_visibility",
            QueueUrl=given["queue-url"],
            ReceiptHandle=given["receipt-handle"],
            VisibilityTimeout=given["visibility-timeout"],
        ),
        screen,
    )


async def get_queue_attributes(given: LineValues, screen: Screen) -> None:
    names = given["attribute-names"]
    _show(
        await _call("get_queue_attributes", QueueUrl=given["queue-url"], AttributeNames=names),
        screen,
    )


async def get_queue_url(given: LineValues, screen: Screen) -> None:
    _show(await _call("get_queue_url", QueueName=given["queue-name"]), screen)


async def _call(operation: str, **parameters: Any) -> dict[str, Any]:
    given = {name: value for name, value in parameters.items() if value not in (None, [])}
    return await asyncio.to_thread(call, operation, given)


def _name(given: LineValues) -> str:
    """Return the name of the queue, for the map."""
    return str(given["queue-url"]).rstrip("/").rpartition("/")[2]


def _show(answer: dict[str, Any], screen: Screen) -> None:
    """Print an answer; an empty one prints nothing."""
    if answer:
        for line in json.dumps(answer, indent=4, ensure_ascii=False).split("\n"):
            screen.say(line)
