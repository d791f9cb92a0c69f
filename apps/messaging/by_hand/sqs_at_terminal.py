"""SQS as a person at a terminal uses it: one call, named as in its API; for the lab."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from apps.messaging.brokers.addresses import sqs_url
from apps.messaging.brokers.sqs import patient_client, reaching_sqs
from apps.messaging.errors import BrokerAway

_RETRIES = re.compile(r" \(reached max retries: \d+\)")
"""What botocore adds to an error of a client that tries once."""


def call(operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Make the call, such as `send_message`; return its answer without what is about HTTP.

    A queue is found by the last word of its `QueueUrl`, so that a URL for a shell serves too; the
    answer has URLs for a shell. Raises `QueueAway`, `CallRejected`, `BrokerAway`.
    """
    try:
        with reaching_sqs():
            answer = _call(operation, dict(parameters))
    except BrokerAway as error:
        raise type(error)(_as_of(operation, str(error))) from error
    answer.pop("ResponseMetadata", None)  # A repeated call has none.
    if "QueueUrl" in answer:
        answer["QueueUrl"] = sqs_url() + urlsplit(answer["QueueUrl"]).path
    return answer


def _call(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    client = patient_client()
    if url := parameters.get("QueueUrl"):
        name = url.rstrip("/").rpartition("/")[2]
        parameters["QueueUrl"] = client.get_queue_url(QueueName=name)["QueueUrl"]
    answer: dict[str, Any] = getattr(client, operation)(**parameters)
    return dict(answer)


def _as_of(operation: str, text: str) -> str:
    """Return an error as the call itself has it, also if the look for its queue has failed."""
    name = operation.title().replace("_", "")
    return _RETRIES.sub("", text).replace("the GetQueueUrl operation", f"the {name} operation")
