"""Celery on SQS: beat records jobs again that the queue may have lost."""

import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings

from apps.images.rescue import rescue_photos

logger = logging.getLogger(__name__)


@shared_task
def reconcile() -> None:
    """Record another job for photos that have waited too long."""
    if photos := rescue_photos(waiting_for=timedelta(seconds=settings.RECONCILE_AFTER)):
        logger.warning("reconciled", extra={"photos": photos})
