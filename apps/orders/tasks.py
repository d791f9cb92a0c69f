"""Celery on SQS: beat deletes old idempotency keys, carts, and who has placed an order."""

from celery import shared_task

from apps.messaging.operations import pruning
from apps.orders import access, cart_items, idempotency


@shared_task
def clean_up() -> None:
    """Prune old idempotency keys, abandoned carts, and the visitors of old orders."""
    rows = {
        "idempotency_keys": idempotency.prune(),
        "cart": cart_items.prune(),
        "visitors_orders": access.prune(),
    }
    pruning.log_deleted(rows)
