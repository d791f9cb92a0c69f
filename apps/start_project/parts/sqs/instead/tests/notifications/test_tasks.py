"""The work of `mailer`: mails that are due are sent once; old mails are pruned."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.notifications import tasks
from apps.notifications.models import Mail
from apps.notifications.queries import overdue
from tests.notifications.mails import make_mail

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.now() - timedelta(days=30)


def test_each_due_mail_is_sent_once(mailoutbox: list[EmailMessage]) -> None:
    mails = [make_mail() for _ in range(3)]
    for _ in range(2):
        tasks.send_due()
    assert len(mailoutbox) == len(mails)
    assert set(Mail.objects.values_list("state", flat=True)) == {Mail.State.SENT}


def test_a_mail_that_another_process_sends_is_left_to_it(mailoutbox: list[EmailMessage]) -> None:
    make_mail()
    Mail.objects.update(claimed_until=timezone.now() + timedelta(seconds=20))
    tasks.send_due()
    assert mailoutbox == []


def test_an_error_of_our_own_is_logged_by_the_loop_and_the_mail_stays_due(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(self: EmailMessage) -> None:
        raise RuntimeError("no reason of the mail server's")

    monkeypatch.setattr(EmailMessage, "send", fail)
    mail = make_mail()
    with pytest.raises(RuntimeError):
        tasks.send_due()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (Mail.State.DUE, 1)
    assert overdue(since=tasks.SEEN_LATELY) == [mail.id]


def test_only_mails_sent_long_ago_are_pruned(settings: Settings) -> None:
    settings.KEPT = replace(settings.KEPT, mails=20)
    old, new, due = make_mail(), make_mail(), make_mail()
    now = timezone.now()
    for mail, days in ((old, 21), (new, 19)):
        Mail.objects.filter(id=mail.id).update(state="sent", sent_at=now - timedelta(days=days))
    Mail.objects.filter(id=due.id).update(due_at=LONG_AGO)
    tasks.clean_up()
    assert set(Mail.objects.values_list("id", flat=True)) == {new.id, due.id}
