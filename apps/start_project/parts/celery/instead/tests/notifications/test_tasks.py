"""Jobs of mails: recorded with the mail, and again if it is overdue; old mails are pruned."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.messaging.models import DeadLetter, OutboxMessage
from apps.notifications import tasks
from apps.notifications.models import Mail
from apps.notifications.put_off import AT_ONCE
from apps.notifications.queries import overdue
from tests.notifications.mail_jobs import run_job
from tests.notifications.mails import make_mail

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.now() - timedelta(days=30)


def fail(self: EmailMessage) -> None:
    raise RuntimeError("no reason of the mail server's")


def recorded() -> list[int]:
    """Return the mails whose jobs are in the outbox, in their order."""
    rows = OutboxMessage.objects.filter(destination="mails").order_by("id")
    return [json.loads(row.body)["id"] for row in rows]


def test_a_mail_that_fails_every_attempt_is_dead_lettered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmailMessage, "send", fail)
    mail = make_mail()
    run_job(mail.id)
    letter = DeadLetter.objects.get()
    assert (letter.transport, letter.attempts) == ("sqs", AT_ONCE)
    assert letter.reason == "RuntimeError: no reason of the mail server's"
    assert "RuntimeError" in letter.traceback
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (Mail.State.DUE, AT_ONCE)


def test_a_permanently_failed_mail_is_not_retried_automatically(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(EmailMessage, "send", fail)
    mail = make_mail()
    run_job(mail.id)
    Mail.objects.update(due_at=LONG_AGO)
    assert overdue(since=tasks.OVERDUE) == []


def test_a_permanently_failed_mail_can_be_sent_manually(mailoutbox: list[EmailMessage]) -> None:
    mail = make_mail()
    Mail.objects.update(attempts=AT_ONCE)
    run_job(mail.id)
    assert len(mailoutbox) == 1


def test_reconciling_records_the_jobs_of_overdue_mails() -> None:
    late, _young = make_mail(), make_mail()
    Mail.objects.filter(id=late.id).update(due_at=LONG_AGO)
    tasks.reconcile()
    assert recorded() == [late.id]


def test_the_jobs_of_mails_are_recorded_together() -> None:
    mails = [make_mail() for _ in range(3)]
    tasks.ask_to_send(mails)
    assert recorded() == [mail.id for mail in mails]


def test_only_mails_sent_long_ago_are_pruned(
    settings: Settings,
) -> None:
    settings.KEPT = replace(settings.KEPT, mails=20)
    old, new, due = make_mail(), make_mail(), make_mail()
    now = timezone.now()
    for mail, days in ((old, 21), (new, 19)):
        Mail.objects.filter(id=mail.id).update(state="sent", sent_at=now - timedelta(days=days))
    Mail.objects.filter(id=due.id).update(due_at=LONG_AGO)
    tasks.clean_up()
    assert set(Mail.objects.values_list("id", flat=True)) == {new.id, due.id}
