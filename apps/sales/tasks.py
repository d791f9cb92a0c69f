"""Celery on SQS: beat asks for the sales reports that are due."""

import logging

from celery import Task, shared_task

from apps.sales.reports import may_wait, send_due_reports

logger = logging.getLogger(__name__)

RETRIES = 5


@shared_task(
    bind=True,
    autoretry_for=(Exception,),
    max_retries=RETRIES,
    retry_backoff=1,
    retry_backoff_max=16,
)
def report_sales(self: Task) -> None:
    """Mail each day that is over and was not reported yet, whenever this runs.

    If the mail server takes none, the days wait for the next run of the schedule.
    """
    try:
        send_due_reports()
    except OSError as error:  # Every error of smtplib is an OSError.
        if self.request.retries < RETRIES or not may_wait():
            raise
        logger.warning("reports put off", extra={"error": f"{type(error).__name__}: {error}"})
