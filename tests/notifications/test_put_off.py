"""A real mail server refuses briefly, for a day, or permanently; mails are sent once."""

import itertools
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

import orders_site.celery  # noqa: F401  the app whose tasks they are
from apps.messaging.models import DeadLetter
from apps.messaging.recovery.redrive import redrive
from apps.notifications import tasks, waiting
from apps.notifications.models import Mail
from apps.notifications.put_off import AT_ONCE, LONGEST, SHORTEST
from apps.notifications.queries import AT_MOST, TRIALS, overdue
from orders_site.conf.mailers import email_url, mailer_from
from tests.notifications.mails import make_mail
from tests.support.ports import free_port
from tests.support.smtp_by_tls import ANSWERS, MailServer, mail_server

pytestmark = pytest.mark.django_db

FULL = {b"MAIL": b"452 4.3.1 Insufficient system storage"}
FOR_NOW = [
    FULL,
    {b"RCPT": b"450 4.2.1 Mailbox busy"},
    {b"RCPT": b"421 4.3.2 Shutting down"},
    {b"DATA": b"451 4.3.0 Try again later"},
    # It concerns the shop and not this mail: an operator fixes it, and then all can be sent.
    {b"MAIL": b"553 5.1.8 Sender unknown here"},
    {b"MAIL": b"530 5.7.0 Sign in first"},
]
FOR_GOOD = [
    {b"RCPT": b"550 5.1.1 No such user"},
    {b"DATA": b"554 5.7.1 Spam"},
]
STEP = timedelta(minutes=10)


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    with mail_server(None) as server:
        sent_to(server.port, settings)
        yield server


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that is enqueued runs at once here; its retries do not wait."""
    monkeypatch.setattr(tasks, "enqueue", run_all)


def sent_to(port: int, settings: Settings) -> None:
    settings.MAILERS = {"default": mailer_from(email_url(f"smtp://127.0.0.1:{port}?timeout=20"))}


def run_all(traces: dict[int, str]) -> set[int]:
    for mail_id in traces:
        run(mail_id)
    return {*traces}


def run(mail_id: int) -> None:
    tasks.send_mail.apply(args=(mail_id,), task_id=tasks.task_id_of(mail_id))


def redrive_and_run(mail_id: int) -> None:
    """As a person does it; what comes of it runs at once."""
    letter = DeadLetter.objects.get()
    redrive(id=letter.pk)
    tasks.send_mail.apply(args=(mail_id,), task_id=letter.message_id)


def let_pass(time: timedelta) -> None:
    """Move the clock: all stored times become older by this much."""
    for mail in Mail.objects.all():
        for field in ("due_at", "failing_since", "put_off_until", "sent_at"):
            if moment := getattr(mail, field):
                setattr(mail, field, moment - time)
        mail.save()


def tries_for(time: timedelta) -> list[int]:
    """Let beat reconcile at each step; return at which of them an attempt was made."""
    tried = []
    for step in range(1, time // STEP + 1):
        let_pass(STEP)
        before = Mail.objects.get().attempts
        tasks.reconcile()
        if Mail.objects.get().attempts > before:
            tried.append(step)
    return tried


def test_a_day_of_temporary_failures_sends_the_mail_once(
    server: MailServer,
) -> None:
    server.answers |= FULL
    mail = make_mail()
    run(mail.id)
    tried = tries_for(timedelta(hours=23))
    assert not DeadLetter.objects.exists()
    pauses = [later - earlier for earlier, later in itertools.pairwise(tried)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST // STEP
    server.answers = dict(ANSWERS)
    assert len(tries_for(timedelta(hours=2))) == 1
    (taken,) = server.taken
    assert mail.key.encode() in taken
    assert Mail.objects.get().state == Mail.State.SENT
    assert not DeadLetter.objects.exists()


def test_a_mail_failing_for_a_day_makes_one_dead_letter(server: MailServer) -> None:
    server.answers |= FULL
    run(make_mail().id)
    tried = tries_for(timedelta(hours=30))
    assert timedelta(hours=24) <= tried[-1] * STEP <= timedelta(hours=25)
    letter = DeadLetter.objects.get()
    assert letter.reason.startswith("MailGivenUp: tried for 8")
    assert "452" in letter.reason
    assert Mail.objects.get().state == Mail.State.GIVEN_UP


def test_a_redriven_mail_is_retried_for_another_day(server: MailServer) -> None:
    server.answers |= FULL
    mail = make_mail()
    run(mail.id)
    tries_for(timedelta(hours=26))
    redrive_and_run(mail.id)
    assert len(tries_for(timedelta(hours=23))) > 40
    assert DeadLetter.objects.get().state == DeadLetter.State.REDRIVEN


@pytest.mark.parametrize("answers", FOR_NOW, ids=str)
def test_a_temporary_failure_is_postponed_after_six_attempts(
    server: MailServer, answers: dict[bytes, bytes]
) -> None:
    server.answers |= answers
    run(make_mail().id)
    mail = Mail.objects.get()
    assert (mail.state, mail.attempts) == (Mail.State.DUE, AT_ONCE)
    assert mail.put_off_until
    assert mail.put_off_until > timezone.now() + SHORTEST / 2
    assert not DeadLetter.objects.exists()


def test_an_absent_mail_server_makes_no_dead_letter(settings: Settings) -> None:
    sent_to(free_port(), settings)
    run(make_mail().id)
    assert waiting.figures()["put_off"] == 1
    assert not DeadLetter.objects.exists()


@pytest.mark.parametrize("answers", FOR_GOOD, ids=str)
def test_a_permanent_failure_is_dead_lettered_at_the_first_attempt(
    server: MailServer, answers: dict[bytes, bytes]
) -> None:
    server.answers |= answers
    run(make_mail().id)
    letter = DeadLetter.objects.get()
    assert letter.attempts == 1
    assert letter.reason.startswith("MailGivenUp: rejected by the mail server")
    assert tries_for(timedelta(hours=2)) == []
    assert DeadLetter.objects.count() == 1


@pytest.mark.parametrize("code", [b"450", b"550"])
@pytest.mark.parametrize(
    ("word", "said"),
    [
        (b"RCPT", b"5.1.1 <Alice@Example.com>: Recipient rejected"),
        (b"RCPT", b"5.1.1 no mailbox alice here"),
        (b"DATA", b"5.7.1 alice@example.com wants no such text"),
        (b"MAIL", b"5.1.8 nothing for 'alice@example.com' today"),
    ],
)
def test_logs_and_dead_letters_contain_no_email_address(
    server: MailServer, caplog: pytest.LogCaptureFixture, code: bytes, word: bytes, said: bytes
) -> None:
    server.answers |= {word: code + b" " + said}
    run(make_mail().id)
    let_pass(timedelta(hours=25))
    tasks.reconcile()
    letter = DeadLetter.objects.get()
    lines = "\n".join(caplog.text.splitlines() + [str(vars(each)) for each in caplog.records])
    assert code.decode() in letter.reason
    assert "(address)" in letter.reason
    assert "(address)" in lines
    for text in (letter.reason, letter.traceback, lines):
        assert "alice" not in text.casefold()


def test_a_server_whose_name_is_none_gives_no_mail_up(
    server: MailServer, settings: Settings
) -> None:
    """Python raises `UnicodeError` for it, a `ValueError` that concerns all mails."""
    settings.MAILERS = {"default": mailer_from(email_url("smtp://mail..example.com"))}
    mail = make_mail()
    run(mail.id)
    assert Mail.objects.get().state == Mail.State.DUE
    assert not DeadLetter.objects.exists()
    sent_to(server.port, settings)
    run(mail.id)
    assert Mail.objects.get().state == Mail.State.SENT


def test_an_invalid_recipient_is_dead_lettered_without_the_address(server: MailServer) -> None:
    mail = make_mail()
    Mail.objects.update(to="älice@example.com")
    run(mail.id)
    letter = DeadLetter.objects.get()
    assert letter.reason.startswith(
        "MailGivenUp: rejected by the mail server: ValueError: Invalid address"
    )
    for text in (letter.reason, letter.traceback):
        assert "lice" not in text


def test_a_rejected_mail_can_be_sent_again_manually(server: MailServer) -> None:
    server.answers |= FOR_GOOD[0]
    mail = make_mail()
    run(mail.id)
    server.answers = dict(ANSWERS)
    redrive_and_run(mail.id)
    assert len(server.taken) == 1


def test_a_mail_that_was_given_up_is_sent_only_if_a_person_asks(server: MailServer) -> None:
    server.answers |= FOR_GOOD[0]
    mail = make_mail()
    run(mail.id)
    server.answers = dict(ANSWERS)
    run(mail.id)
    assert server.taken == []
    assert Mail.objects.get().state == Mail.State.GIVEN_UP


def test_all_tasks_of_a_mail_have_one_dead_letter(server: MailServer) -> None:
    server.answers |= FOR_GOOD[0]
    mail = make_mail()
    run(mail.id)
    reason = DeadLetter.objects.get().reason
    run(mail.id)
    assert DeadLetter.objects.get().reason == reason
    redrive_and_run(mail.id)
    letter = DeadLetter.objects.get()
    assert (letter.state, letter.attempts, letter.reason) == (DeadLetter.State.DEAD, 2, reason)


def test_a_mail_given_up_by_a_process_that_died_has_a_dead_letter() -> None:
    mail = make_mail()
    Mail.objects.update(state=Mail.State.GIVEN_UP)
    run(mail.id)
    assert DeadLetter.objects.get().reason.startswith("MailGivenUp: it was given up before")


def test_a_postponed_mail_is_not_overdue(server: MailServer) -> None:
    server.answers |= FULL
    run(make_mail().id)
    assert overdue(since=tasks.OVERDUE) == []


def test_an_enqueued_mail_is_not_enqueued_again_each_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enqueued: list[int] = []

    def enqueue(traces: dict[int, str]) -> set[int]:
        enqueued.extend(traces)
        return {*traces}

    monkeypatch.setattr(tasks, "enqueue", enqueue)
    mail = make_mail()
    let_pass(2 * tasks.OVERDUE)
    tasks.reconcile()
    tasks.reconcile()
    assert enqueued == [mail.id]
    let_pass(2 * tasks.OVERDUE)
    tasks.reconcile()
    assert enqueued == [mail.id, mail.id]


def test_a_wrong_clock_does_not_postpone_a_mail_indefinitely() -> None:
    mail = make_mail()
    tomorrow = timezone.now() + timedelta(days=1)
    Mail.objects.update(failing_since=timezone.now(), put_off_until=tomorrow)
    assert overdue(since=tasks.OVERDUE) == [mail.id]


def test_a_wrong_clock_gives_no_mail_up(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers |= FULL
    mail = make_mail()
    run(mail.id)
    next_week = timezone.now() + timedelta(days=7)
    monkeypatch.setattr(timezone, "now", lambda: next_week)
    run(mail.id)
    assert Mail.objects.get().state == Mail.State.DUE


def test_only_a_few_mails_are_tried_while_all_fail() -> None:
    for _ in range(TRIALS + 2):
        make_mail()
    Mail.objects.update(failing_since=Now(), put_off_until=Now())
    assert len(overdue(since=tasks.OVERDUE)) == TRIALS < AT_MOST
    sent = make_mail()
    Mail.objects.filter(id=sent.id).update(state=Mail.State.SENT, sent_at=timezone.now())
    assert len(overdue(since=tasks.OVERDUE)) == TRIALS + 2


def test_metrics_and_the_admin_show_waiting_mails(admin_client: Client) -> None:
    assert waiting.figures() == {"put_off": 0, "late": 0, "oldest_age_seconds": 0.0}
    for hours in (0, 2):
        mail = make_mail()
        since = timezone.now() - timedelta(hours=hours)
        Mail.objects.filter(id=mail.id).update(failing_since=since, to=f"after-{hours}@example.com")
    figures = waiting.figures()
    assert (figures["put_off"], figures["late"]) == (2, 1)
    assert 7200 <= figures["oldest_age_seconds"] < 7300
    page = admin_client.get("/admin/notifications/mail/?waiting=put-off").content.decode()
    assert "after-0" in page
    assert "after-2" in page
    assert "put_off" in admin_client.get("/api/status").json()["parts"]["mails"]
