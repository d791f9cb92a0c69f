"""The daily report: each day once, whenever the task runs, in the shop's time zone."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from smtplib import SMTPException

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from pytest_django.fixtures import Settings

import orders_site.celery as site
from apps.messaging.models import DeadLetter
from apps.orders.models import Order
from apps.sales import reports
from apps.sales.models import SalesDay, SalesReport
from apps.sales.tasks import report_sales
from tests.orders.factories import make_order

pytestmark = pytest.mark.django_db

type SetClock = Callable[[str], None]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    def set_to(moment: str) -> None:
        now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: now)

    return set_to


def subjects(mails: list[EmailMessage]) -> list[str]:
    return [str(mail.subject) for mail in mails]


def test_the_report_shows_yesterdays_figures(
    mailoutbox: list[EmailMessage], settings: Settings, set_clock: SetClock
) -> None:
    figures = {"placed": 5, "confirmed": 3, "rejected": 1, "cancelled": 1, "units": 12}
    SalesDay.objects.create(
        day=date(2026, 11, 19), currency="GBP", revenue=Decimal("120.50"), **figures
    )
    SalesDay.objects.create(day=date(2026, 11, 20), currency="GBP", placed=99)
    set_clock("2026-11-20T06:00")
    report_sales()
    (mail,) = mailoutbox
    assert mail.to == [settings.DEFAULT_FROM_EMAIL]
    assert "5 orders placed: 3 confirmed, 1 rejected, 1 cancelled" in mail.body
    assert "12 pieces, 120.50 GBP" in mail.body
    assert "99" not in mail.body


def test_the_report_is_marked_as_automatic_mail(mailoutbox: list[EmailMessage]) -> None:
    report_sales()
    assert mailoutbox[0].message()["Auto-Submitted"] == "auto-generated"


def test_a_task_after_midnight_skips_no_day(
    mailoutbox: list[EmailMessage], set_clock: SetClock
) -> None:
    set_clock("2026-11-19T06:00")
    report_sales()
    set_clock("2026-11-21T00:10")  # It was enqueued on the 20th at six.
    report_sales()
    assert subjects(mailoutbox) == [
        "Sales of 18 November 2026",
        "Sales of 19 November 2026",
        "Sales of 20 November 2026",
    ]


def test_days_missed_by_beat_are_each_reported_once(
    mailoutbox: list[EmailMessage], set_clock: SetClock
) -> None:
    set_clock("2026-11-18T06:00")
    report_sales()
    mailoutbox.clear()
    set_clock("2026-11-20T12:00")
    report_sales()
    report_sales()
    assert subjects(mailoutbox) == ["Sales of 18 November 2026", "Sales of 19 November 2026"]


def test_after_a_long_outage_the_last_month_is_reported(
    mailoutbox: list[EmailMessage], set_clock: SetClock
) -> None:
    SalesReport.objects.create(day=date(2025, 1, 1), sent_at=timezone.now())
    set_clock("2026-11-20T06:00")
    report_sales()
    assert len(mailoutbox) == reports.CAUGHT_UP
    assert mailoutbox[-1].subject == "Sales of 19 November 2026"


@pytest.mark.parametrize(
    ("zone", "moment_and_day"),
    [
        # Six in the morning there, and nine in the evening.
        ("Pacific/Auckland", ("2026-11-19T17:00", "19 November 2026")),
        ("America/Los_Angeles", ("2026-11-20T05:00", "18 November 2026")),
    ],
)
def test_the_shops_time_zone_decides_when_a_day_ends(
    mailoutbox: list[EmailMessage],
    settings: Settings,
    set_clock: SetClock,
    zone: str,
    moment_and_day: tuple[str, str],
) -> None:
    moment, day = moment_and_day
    settings.TIME_ZONE = zone
    set_clock(moment)
    report_sales()
    assert subjects(mailoutbox) == [f"Sales of {day}"]


def test_an_order_counts_for_the_day_in_the_shops_time_zone(settings: Settings) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"
    order = make_order()
    Order.objects.update(placed_at=datetime(2026, 11, 19, 17, tzinfo=UTC))
    order.refresh_from_db()
    assert order.day_placed == date(2026, 11, 20)


def test_beat_uses_the_shops_time_zone(settings: Settings) -> None:
    assert site.app.conf.timezone == settings.TIME_ZONE


def test_a_day_stays_due_while_the_mail_server_is_away(
    monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage], set_clock: SetClock
) -> None:
    def fail(self: EmailMessage) -> None:
        raise SMTPException("try again later")

    set_clock("2026-11-20T06:00")
    with monkeypatch.context() as away:
        away.setattr(EmailMessage, "send", fail)
        with pytest.raises(SMTPException):
            reports.send_due_reports()
    set_clock("2026-11-21T00:00")  # A retry, over midnight.
    assert reports.send_due_reports() == 2
    assert subjects(mailoutbox) == ["Sales of 19 November 2026", "Sales of 20 November 2026"]


def test_two_concurrent_tasks_send_one_report(
    monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    mail_report = reports.mail_report

    def with_another_task_meanwhile(*, day: date) -> None:
        monkeypatch.setattr(reports, "mail_report", mail_report)
        assert reports.send_due_reports() == 0
        mail_report(day=day)

    monkeypatch.setattr(reports, "mail_report", with_another_task_meanwhile)
    assert reports.send_due_reports() == 1
    assert len(mailoutbox) == 1


def test_the_claim_of_a_crashed_report_task_expires(
    settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    SalesReport.objects.create(day=yesterday, claimed_until=timezone.now() + settings.MAIL_CLAIM)
    assert reports.send_due_reports() == 0
    SalesReport.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert reports.send_due_reports() == 1


def test_a_day_without_orders_is_reported(mailoutbox: list[EmailMessage]) -> None:
    reports.send_due_reports()
    assert "Nothing was ordered" in mailoutbox[0].body


def test_a_report_sent_twice_has_the_same_message_id(mailoutbox: list[EmailMessage]) -> None:
    for _ in range(2):
        reports.mail_report(day=date(2026, 11, 19))
    first, second = (mail.extra_headers["Message-ID"] for mail in mailoutbox)
    assert first == second


def test_a_mail_server_outage_makes_no_dead_letter_for_a_day(
    monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage], set_clock: SetClock
) -> None:
    def fail(self: EmailMessage) -> None:
        raise SMTPException("try again later")

    with monkeypatch.context() as away:
        away.setattr(EmailMessage, "send", fail)
        for hour in (6, 12, 18):
            set_clock(f"2026-11-20T{hour:02}:00")
            report_sales.apply()
        assert not DeadLetter.objects.exists()
        set_clock("2026-11-21T06:00")
        report_sales.apply()
        assert DeadLetter.objects.count() == 1
    set_clock("2026-11-21T12:00")
    report_sales.apply()
    assert len(mailoutbox) == 2
