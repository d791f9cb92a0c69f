"""Celery on SQS: beat asks for the sales reports that are due."""

from celery import shared_task

from apps.sales.reports import send_due_reports


@shared_task(autoretry_for=(Exception,), max_retries=5, retry_backoff=1, retry_backoff_max=16)
def report_sales() -> None:
    """Mail each day that is over and was not reported yet, whenever this runs."""
    send_due_reports()
