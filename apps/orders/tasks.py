"""Celery on SQS: beat cleans up what orders keep."""

import logging

from celery import shared_task

from apps.orders import idempotency

logger = logging.getLogger(__name__)


@shared_task
def clean_up() -> None:
    """Forget the names of requests that nobody repeats any more."""
    logger.info("cleaned up", extra={"idempotency_keys": idempotency.forget_old()})
