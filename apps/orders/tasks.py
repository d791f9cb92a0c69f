"""Celery on SQS: beat deletes old idempotency keys, carts, and who has placed an order."""

import logging

from celery import shared_task

from apps.orders import access, cart_items, idempotency

logger = logging.getLogger(__name__)


@shared_task
def clean_up() -> None:
    """Prune old idempotency keys, abandoned carts, and the visitors of old orders."""
    deleted = {
        "idempotency_keys": idempotency.prune(),
        "cart": cart_items.prune(),
        "visitors_orders": access.prune(),
    }
    logger.info("cleaned up", extra=deleted)
