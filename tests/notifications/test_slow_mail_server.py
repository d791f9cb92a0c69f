"""A mail server that takes nearly its whole timeout for each answer: one task at a time sends."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import OperationalError, connection, connections
from django.db.models import F
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.notifications import services
from apps.notifications.errors import MailGivenUp
from apps.notifications.models import Mail
from apps.notifications.put_off import AT_ONCE
from apps.notifications.queries import overdue
from apps.sales import reports
from apps.sales.models import SalesReport
from orders_site.conf.mailers import ANSWERS, TIMEOUT, claim_of, email_url, mailer_from
from tests.notifications.mails import make_mail
from tests.support.certificates import Authority
from tests.support.smtp_by_tls import MailServer, mail_server

pytestmark = pytest.mark.django_db(transaction=True)

NEARLY = timedelta(seconds=TIMEOUT - 0.1)
ELSEWHERE = 3
"""Waits that the server does not see: for two addresses, and for the handshake of TLS."""
LATE = timezone.now() - timedelta(minutes=3)
SIGN_IN = {
    b"AUTH CRAM-MD5": b"334 Y2hhbGxlbmdl",
    b"AUTH PLAIN": b"535 not like this",
    b"AUTH LOGIN": b"334 UGFzc3dvcmQ6",
    b"cGFzc3dvcmQ=": b"235 welcome",
}


@pytest.fixture
def server(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MailServer]:
    """A server with which the longest conversation takes place."""
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with mail_server(authority.issue("server")) as server:
        server.ways_to_sign_in = b"CRAM-MD5 PLAIN LOGIN"
        server.answers |= SIGN_IN
        url = f"smtp+tls://shop:password@127.0.0.1:{server.port}"
        settings.MAILERS = {"default": mailer_from(email_url(url))}
        settings.MAIL_CLAIM = claim_of(settings.MAILERS["default"])
        yield server


def send_mail() -> Any:
    return services.send(mail_id=Mail.objects.get().id)


def make_report() -> None:
    SalesReport.objects.create(day=timezone.localdate() - timedelta(days=1))


@pytest.mark.parametrize(
    ("make", "table", "send"),
    [(make_mail, Mail, send_mail), (make_report, SalesReport, reports.send_due_reports)],
    ids=["mail", "report"],
)
def test_a_second_task_during_a_slow_conversation_sends_nothing(
    server: MailServer,
    make: Callable[[], object],
    table: type[Mail] | type[SalesReport],
    send: Callable[[], Any],
) -> None:
    commands: list[bytes] = []
    of_second_task: list[Any] = []

    def answer_late(command: bytes) -> None:
        """Let the time pass by the database's clock, which ends claims."""
        table.objects.update(claimed_until=F("claimed_until") - NEARLY)
        commands.append(command.upper())
        if commands[-1] == b"QUIT" and commands.count(b"QUIT") == 1:
            of_second_task.append(send())
        connections.close_all()

    make()
    server.before_answer = answer_late
    assert send()
    assert of_second_task == [0]
    assert len(server.taken) == 1
    assert len(commands) == ANSWERS - ELSEWHERE


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("attempts", [1, AT_ONCE])
def test_a_mail_of_a_dead_sender_is_overdue_when_its_claim_has_ended(
    settings: Settings, attempts: int
) -> None:
    mail = make_mail()
    until = timezone.now() + settings.MAIL_CLAIM
    Mail.objects.update(attempts=attempts, due_at=LATE, claimed_until=until)
    assert not services.send(mail_id=mail.id)  # The redelivered task.
    assert overdue(since=timedelta(minutes=2)) == []
    ended = F("claimed_until") - settings.MAIL_CLAIM - timedelta(seconds=1)
    Mail.objects.update(claimed_until=ended)
    assert overdue(since=timedelta(minutes=2)) == [mail.id]
    assert Mail.objects.get().attempts == attempts


def test_a_task_takes_back_a_claim_that_its_process_could_not_release(
    monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    def refuse(*_: object) -> Any:
        raise OperationalError("server closed the connection unexpectedly")

    mail = make_mail()
    with ExitStack() as away, monkeypatch.context() as patched:

        def lose_all(_: EmailMessage) -> None:
            away.enter_context(connection.execute_wrapper(refuse))
            raise ConnectionError("the mail server is away as well")

        patched.setattr(EmailMessage, "send", lose_all)
        with pytest.raises(OperationalError):
            services.send(mail_id=mail.id)
    assert Mail.objects.get().claimed_until
    assert services.send(mail_id=mail.id)
    assert (Mail.objects.get().state, len(mailoutbox)) == (Mail.State.SENT, 1)


def test_a_mail_that_kills_each_sender_is_given_up(mailoutbox: list[EmailMessage]) -> None:
    mail = make_mail()
    Mail.objects.update(attempts=AT_ONCE - 1, claimed_until=LATE)
    assert services.send(mail_id=mail.id)
    Mail.objects.update(attempts=AT_ONCE, claimed_until=LATE, state=Mail.State.DUE)
    with pytest.raises(MailGivenUp, match="its sender died or hung"):
        services.send(mail_id=mail.id)
    assert (Mail.objects.get().state, len(mailoutbox)) == (Mail.State.GIVEN_UP, 1)
    assert services.send(mail_id=mail.id, is_redriven=True)


def test_a_mail_for_a_file_is_claimed_for_twenty_seconds() -> None:
    files = mailer_from(email_url("filemail:///tmp/mail"))
    assert claim_of(files) == timedelta(seconds=20)
