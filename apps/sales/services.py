"""The sales projection and its report: one delta for each event, one mail for each day."""

from datetime import date

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string

from apps.sales.deltas import Figures
from apps.sales.models import SalesDay
from apps.sales.queries import sales_of


@transaction.atomic
def count(*, day: date, currency: str, delta: Figures) -> None:
    """Add what an event changes to the figures of the day."""
    row, _ = SalesDay.objects.get_or_create(day=day, currency=currency)
    SalesDay.objects.filter(pk=row.pk).update(
        **{figure: F(figure) + value for figure, value in delta.items()}
    )


def mail_report(*, day: date) -> None:
    """Mail the day's figures; the shop writes to itself.

    At least once: a report that goes out twice has the same Message-ID.
    """
    domain = settings.DEFAULT_FROM_EMAIL.rstrip(">").rpartition("@")[2]
    EmailMessage(
        subject=f"Sales of {day:%d %B %Y}",
        body=render_to_string("sales/report.txt", {"day": day, "sales": sales_of(day)}),
        to=[settings.DEFAULT_FROM_EMAIL],
        headers={"Message-ID": f"<sales-{day}@{domain}>"},
    ).send()
