"""The daily reports: a row for each day that is over, and one mail for each row.

The rows determine which days are due, not the time at which a task runs: it may run late, twice,
or not for days.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Max, Min
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format

from apps.messaging import leases
from apps.messaging.handling.database import note
from apps.sales.models import SalesReport
from apps.sales.queries import sales_of, uncounted

logger = logging.getLogger(__name__)

CAUGHT_UP = 31
"""Reports are made for at most this many past days."""
PATIENCE = timedelta(hours=16)
"""So long after its day a report waits for events that are not counted: beat asks at 6, 12, 18."""


def send_due_reports() -> int:
    """Mail every day that is over and was not reported yet; return how many mails went out.

    A day whose events are not all counted waits for the next run, for `PATIENCE`. A day that
    another task has claimed, which may have died, waits for the next run too.

    Raises the errors of `smtplib`; that day and those after it stay due.
    """
    _write_down_due_days(yesterday=_today() - timedelta(days=1))
    due = SalesReport.objects.filter(sent_at=None).order_by("day")
    return sum(_send(day) for day in list(due.values_list("day", flat=True)))


def may_wait() -> bool:
    """Return whether the oldest day that is due ended less than `MAIL_RETRY_SECONDS` ago."""
    oldest = SalesReport.objects.filter(sent_at=None).aggregate(oldest=Min("day"))["oldest"]
    if oldest is None:
        return True
    return _over_for(oldest) < timedelta(seconds=settings.RETRIES.mails_for)


def mail_report(*, day: date) -> None:
    """Mail the day's figures to the shop's own address, and say so if some events are missing.

    At least once: a report that is sent twice has the same Message-ID.
    """
    sales = sales_of(day)
    EmailMessage(
        subject=f"Sales of {date_format(day, 'j F Y')}",
        body=render_to_string(
            "sales/report.txt", {"day": day, "sales": sales, "uncounted": uncounted(day, sales)}
        ),
        to=[settings.DEFAULT_FROM_EMAIL],
        # RFC 3834: this prevents automatic replies.
        headers={
            "Message-ID": f"<sales-{day}@{settings.MAIL_DOMAIN}>",
            "Auto-Submitted": "auto-generated",
        },
    ).send()


def _today() -> date:
    return timezone.localdate(timezone=timezone.get_default_timezone())


def _over_for(day: date) -> timedelta:
    """Return how long ago the day ended."""
    clock = timezone.get_default_timezone()
    return timezone.now() - datetime.combine(day + timedelta(days=1), time.min, clock)


def _write_down_due_days(*, yesterday: date) -> None:
    last = SalesReport.objects.aggregate(last=Max("day"))["last"]
    # The very first report is yesterday's.
    missed = (yesterday - last).days if last else 1
    SalesReport.objects.bulk_create(
        (
            SalesReport(day=yesterday - timedelta(days=back))
            for back in reversed(range(min(missed, CAUGHT_UP)))
        ),
        ignore_conflicts=True,
    )


def _send(day: date) -> bool:
    missing = uncounted(day, sales_of(day))
    if missing and _over_for(day) < PATIENCE:
        logger.warning("report waits", extra={"day": str(day), "uncounted": missing})
        return False
    with _claimed(day) as is_ours:
        if is_ours:
            mail_report(day=day)
            note(lambda: SalesReport.objects.filter(day=day).update(sent_at=timezone.now()))
    return is_ours


@contextmanager
def _claimed(day: date) -> Iterator[bool]:
    """Claim the report for `MAIL_CLAIM` by one UPDATE; false if sent or claimed by another."""
    report = SalesReport.objects.filter(day=day)
    is_free = leases.is_free("claimed_until", length=settings.LONGEST_MAIL_CLAIM)
    free = report.filter(is_free, sent_at=None)
    if not free.update(claimed_until=leases.until(settings.MAIL_CLAIM)):
        yield False
        return
    claimed_until = report.get().claimed_until
    try:
        yield True
    finally:
        report.filter(claimed_until=claimed_until).update(claimed_until=None)
