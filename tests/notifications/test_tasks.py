"""Tasks without a worker; `test_celery.py` runs them in one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from pytest_django.fixtures import Settings

import orders_site.celery  # noqa: F401  the app whose tasks they are
from apps.messaging.models import DeadLetter
from apps.notifications import tasks
from apps.notifications.models import Mail
from apps.notifications.put_off import AT_ONCE
from apps.notifications.queries import overdue
from tests.notifications.mails import make_mail
from tests.support.celery_on_sqs import celery_on_sqs
from tests.support.moto_server import MotoServer

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.now() - timedelta(days=30)


def fail(self: EmailMessage) -> None:
    raise RuntimeError("no reason of the mail server's")


def noting(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that notes the mails whose tasks are enqueued, instead of SQS."""
    enqueued: list[int] = []

    def enqueue(traces: dict[int, str]) -> set[int]:
        enqueued.extend(traces)
        return {*traces}

    monkeypatch.setattr(tasks, "enqueue", enqueue)
    return enqueued


def test_a_mail_that_fails_every_attempt_is_dead_lettered(monkeypatch: pytest.MonkeyPatch) -> None:
    # A task that is applied at once also retries at once.
    monkeypatch.setattr(EmailMessage, "send", fail)
    mail = make_mail()
    tasks.send_mail.apply(args=(mail.id,))
    letter = DeadLetter.objects.get()
    assert (letter.transport, letter.attempts) == ("celery", AT_ONCE)
    assert letter.reason == "RuntimeError: no reason of the mail server's"
    assert "RuntimeError" in letter.traceback
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (Mail.State.DUE, AT_ONCE)


def test_a_permanently_failed_mail_is_not_retried_automatically(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(EmailMessage, "send", fail)
    mail = make_mail()
    tasks.send_mail.apply(args=(mail.id,))
    Mail.objects.update(due_at=LONG_AGO)
    assert overdue(since=tasks.OVERDUE) == []


def test_a_permanently_failed_mail_can_be_sent_manually(mailoutbox: list[EmailMessage]) -> None:
    mail = make_mail()
    Mail.objects.update(attempts=AT_ONCE)
    tasks.send_mail.apply(args=(mail.id,))
    assert len(mailoutbox) == 1


def test_reconciling_enqueues_overdue_mails(monkeypatch: pytest.MonkeyPatch) -> None:
    enqueued = noting(monkeypatch)
    late, _young = make_mail(), make_mail()
    Mail.objects.filter(id=late.id).update(due_at=LONG_AGO)
    tasks.reconcile()
    assert enqueued == [late.id]


@pytest.fixture
def away(sqs_server: MotoServer, request: pytest.FixtureRequest) -> Iterator[None]:
    """SQS does not answer, or it answers that there is no such queue."""
    if request.param == "silent":
        sqs_server.kill()
    with celery_on_sqs():
        yield
    sqs_server.start()


@pytest.mark.parametrize("away", ["silent", "no queue"], indirect=True)
@pytest.mark.usefixtures("away")
def test_a_mail_that_cannot_be_enqueued_is_reconciled_later(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Reconciling was a dead letter, and each event a traceback in the log."""
    first, second = make_mail(), make_mail()
    Mail.objects.update(due_at=LONG_AGO)
    tasks.ask_to_send([first])
    tasks.reconcile()
    assert caplog.messages.count("mails not enqueued") == 2
    assert not DeadLetter.objects.exists()
    enqueued = noting(monkeypatch)
    tasks.reconcile()
    assert enqueued == [first.id, second.id]


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
