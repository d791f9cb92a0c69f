"""What a queue is called at SQS, where one account may serve several shops.

Everything else knows it by its own name: outbox, dead letters, status, hooks, Celery.
"""

from django.conf import settings


def name_at_sqs(name: str) -> str:
    """The only place where a queue's name becomes SQS's."""
    return f"{settings.QUEUE_PREFIX}{name}"
