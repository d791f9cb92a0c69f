"""Celery on SQS: beat deletes old idempotency keys and carts."""

import logging

from celery import shared_task

from apps.orders import cart_items, idempotency

logger = logging.getLogger(__name__)


@shared_task
def clean_up() -> None:
    """Prune old idempotency keys and abandoned carts."""
    deleted = {"idempotency_keys": idempotency.prune(), "cart": cart_items.prune()}
    logger.info("cleaned up", extra=deleted)
