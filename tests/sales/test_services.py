"""The daily report."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.sales.models import SalesDay
from apps.sales.services import mail_report
from apps.sales.tasks import report_sales

pytestmark = pytest.mark.django_db

YESTERDAY = timezone.now().date() - timedelta(days=1)


def test_the_report_tells_yesterdays_figures(
    mailoutbox: list[EmailMessage], settings: Settings
) -> None:
    SalesDay.objects.create(
        day=YESTERDAY,
        currency="GBP",
        placed=5,
        confirmed=3,
        rejected=1,
        cancelled=1,
        units=12,
        revenue=Decimal("120.50"),
    )
    SalesDay.objects.create(day=timezone.now().date(), currency="GBP", placed=99)
    report_sales()
    (mail,) = mailoutbox
    assert mail.to == [settings.DEFAULT_FROM_EMAIL]
    assert "5 orders placed: 3 confirmed, 1 rejected, 1 cancelled" in mail.body
    assert "12 pieces, 120.50 GBP" in mail.body
    assert "99" not in mail.body


def test_a_day_without_orders_is_told_too(mailoutbox: list[EmailMessage]) -> None:
    mail_report(day=YESTERDAY)
    assert "Nothing was ordered" in mailoutbox[0].body


def test_a_report_sent_twice_is_the_same_mail(mailoutbox: list[EmailMessage]) -> None:
    mail_report(day=YESTERDAY)
    mail_report(day=YESTERDAY)
    first, second = (mail.extra_headers["Message-ID"] for mail in mailoutbox)
    assert first == second
