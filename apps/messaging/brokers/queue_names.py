"""The name of a queue at SQS, with a prefix, since one account may serve several shops.

Outbox, dead letters, status, hooks and Celery use the name without the prefix.
"""

from django.conf import settings

CELERY = "celery"
"""The queue of Celery's tasks. It is here, since `jobs.celery_queue` loads boto3."""


def name_at_sqs(name: str) -> str:
    """Return the name of the queue at SQS; no other code adds the prefix."""
    return f"{settings.QUEUE_PREFIX}{name}"
