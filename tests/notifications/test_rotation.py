"""`docs/rotation.md` at the mail server: what it rejects for its password goes with the new one."""

import base64
from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.models import DeadLetter
from apps.notifications import services
from apps.notifications.errors import MailNotTaken
from apps.notifications.models import Mail
from orders_site.conf.mailers import email_url, mailer_from
from tests.notifications.mails import make_mail
from tests.support.smtp_by_tls import MailServer, mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A server that knows one password of `mailer`: the new one."""
    with mail_server(None) as server:
        known = base64.b64encode(b"\0mailer\0new")
        server.answers[b"AUTH"] = b"535 5.7.8 Bad password"
        server.answers[b"AUTH PLAIN " + known] = b"235 welcome"
        yield server


def restarted(server: MailServer, settings: Settings, *, password: str) -> None:
    """Let the process have this password in its `EMAIL_URL`."""
    url = f"smtp://mailer:{password}@127.0.0.1:{server.port}?timeout=20"
    settings.MAILERS = {"default": mailer_from(email_url(url))}


def test_a_mail_waits_for_the_new_password(server: MailServer, settings: Settings) -> None:
    mail = make_mail()
    restarted(server, settings, password="old")
    with pytest.raises(MailNotTaken, match="535"):
        services.send(mail_id=mail.id)
    mail.refresh_from_db()
    assert mail.state == Mail.State.DUE
    assert mail.put_off_until
    assert (server.taken, DeadLetter.objects.count()) == ([], 0)
    restarted(server, settings, password="new")
    assert services.send(mail_id=mail.id)
    (taken,) = server.taken
    assert mail.key.encode() in taken
