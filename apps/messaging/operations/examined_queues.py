"""Examines a queue of SQS for `manage.py doctor`: there, and with the declared attributes."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings

from apps.messaging.brokers.queue_names import name_at_sqs
from apps.messaging.brokers.sqs import QueueAway, QueueGone, client, reaching_sqs
from apps.messaging.errors import BrokerAway
from apps.messaging.finding import Finding, broken, warning, well
from apps.messaging.jobs.job_queue import RETENTION_SECONDS, JobQueue

PROVISION = "manage.py provision"


def findings(queue: JobQueue) -> Iterator[Finding]:
    """Yield what is wrong with the queue, or that it is well."""
    name = f"queue {queue.name}"
    try:
        with reaching_sqs():
            # Not by the URL that this process may know: the queue can be gone since.
            url = client().get_queue_url(QueueName=name_at_sqs(queue.name))["QueueUrl"]
            attributes = client().get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    except QueueGone:
        yield broken(name, "is missing", PROVISION)
    except QueueAway as error:  # SQS answers, and these keys may not look at it.
        yield warning(name, str(error), "run doctor with the keys of `web` or `provision`")
    except BrokerAway as error:
        where = settings.AWS_ENDPOINT_URL or f"SQS in {settings.AWS_REGION}"
        yield broken(
            name, f"{where}: {error}", "start it, or correct AWS_ENDPOINT_URL and the keys"
        )
    else:
        if wrong := list(_differences(queue, attributes["Attributes"])):
            yield broken(name, f"is not as declared: {', '.join(wrong)}", PROVISION)
        else:
            yield well(name, "is as declared")


def _differences(queue: JobQueue, found: Mapping[Any, str]) -> Iterator[str]:
    for attribute, seconds in (
        ("VisibilityTimeout", settings.SQS_VISIBILITY_TIMEOUT),
        ("MessageRetentionPeriod", RETENTION_SECONDS),
    ):
        if found[attribute] != str(seconds):
            yield f"{attribute} is {found[attribute]}, not {seconds}"
    redrive = json.loads(found.get("RedrivePolicy", "{}"))
    wanted = queue.max_receive_count
    if str(redrive.get("maxReceiveCount", "unset")) != str(wanted):
        yield f"maxReceiveCount is {redrive.get('maxReceiveCount', 'unset')}, not {wanted}"
    dead = name_at_sqs(queue.dead_letter_name)
    if redrive.get("deadLetterTargetArn", "").rpartition(":")[2] != dead:
        yield f"its dead letter queue is not {dead}"
