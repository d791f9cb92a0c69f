"""`EMAIL_URL` → Django's `MAILERS`."""

import environ
import pytest

from orders_site.conf.mailers import mailer_from


def options(url: str) -> dict[str, object]:
    options: dict[str, object] = mailer_from(environ.Env.email_url_config(url))["OPTIONS"]
    return options


def test_a_mail_server_has_a_timeout() -> None:
    assert options("smtp+tls://me:pw@mail.example.com:587") == {
        "host": "mail.example.com",
        "port": 587,
        "username": "me",
        "password": "pw",
        "use_tls": True,
        "timeout": 10,
    }


def test_the_url_may_set_the_timeout() -> None:
    assert options("smtp://mail.example.com:25?timeout=3")["timeout"] == 3


@pytest.mark.parametrize("url", ["consolemail://", "memorymail://"])
def test_backends_without_smtp_take_no_option(url: str) -> None:
    assert options(url) == {}


def test_mails_can_be_files() -> None:
    assert options("filemail:////tmp/mail") == {"file_path": "/tmp/mail"}
