"""Celery on SQS: beat asks for the sales report once a day."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from apps.sales.services import mail_report


@shared_task(autoretry_for=(Exception,), max_retries=5, retry_backoff=1, retry_backoff_max=16)
def report_sales() -> None:
    """Mail yesterday's figures."""
    mail_report(day=timezone.now().date() - timedelta(days=1))
