"""Celery on SQS: beat deletes what messaging keeps for too long; other apps delete their own."""

import logging

from celery import shared_task
from django.core.management import call_command

from apps.messaging.operations import pruning

logger = logging.getLogger(__name__)


@shared_task
def clean_up() -> None:
    """Forget what has been kept for long enough, and sessions that have ended."""
    counts = pruning.prune()
    call_command("clearsessions")
    logger.info("cleaned up", extra=counts)
