"""Celery on SQS: beat deletes old rows of messaging; other apps delete their own."""

import logging

from celery import shared_task
from django.core.management import call_command

from apps.messaging.operations import pruning

logger = logging.getLogger(__name__)


@shared_task
def clean_up() -> None:
    """Delete old rows of messaging, and sessions that have expired."""
    counts = pruning.prune()
    call_command("clearsessions")
    logger.info("cleaned up", extra=counts)
