"""Celery on SQS: beat cleans up what orders keep."""

import logging

from celery import shared_task

from apps.orders import cart_items, idempotency

logger = logging.getLogger(__name__)


@shared_task
def clean_up() -> None:
    """Prune old idempotency keys and abandoned carts."""
    forgotten = {"idempotency_keys": idempotency.prune(), "cart": cart_items.prune()}
    logger.info("cleaned up", extra=forgotten)
