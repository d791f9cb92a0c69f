"""PostgreSQL, SQS and mail over TLS: servers without its certificate are rejected."""

import smtplib
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import environ
import psycopg
import pytest
from botocore.exceptions import SSLError
from django.core.mail import EmailMessage, mailers
from django.db.utils import load_backend
from pytest_django.fixtures import Settings

from apps.messaging.brokers import sqs
from orders_site.conf.database import database_from
from orders_site.conf.mailers import mailer_from
from tests.support.certificates import Authority, Certificate
from tests.support.moto_server import MotoServer
from tests.support.postgresql import postgresql
from tests.support.smtp_by_tls import MailServer, mail_server

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

OURS = "postgres://postgres@127.0.0.1:{port}/postgres"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def certificate(authority: Authority) -> Certificate:
    return authority.issue("server")


@pytest.fixture(scope="module")
def postgresql_by_tls(certificate: Certificate) -> Iterator[int]:
    with postgresql(certificate) as port:
        yield port


@pytest.fixture(scope="module")
def plain_postgresql() -> Iterator[int]:
    with postgresql() as port:
        yield port


@pytest.fixture(scope="module")
def sqs_by_tls(certificate: Certificate) -> Iterator[MotoServer]:
    server = MotoServer(certificate=certificate)
    server.start()
    yield server
    server.stop()


def is_encrypted(url: str) -> bool:
    """Connect as Django does with that `DATABASE_URL`."""
    config = database_from(environ.Env.db_url_config(url), {})
    config |= {"TIME_ZONE": None, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False}
    connection = load_backend(config["ENGINE"]).DatabaseWrapper(config)
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    with psycopg.connect(**parameters) as raw:
        found = raw.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()
        return bool(found and found[0])


def test_postgresql_is_verified_by_the_sslmode_of_its_url(
    postgresql_by_tls: int, authority: Authority
) -> None:
    url = f"{OURS}?sslmode=verify-full&sslrootcert={authority.file}"
    assert is_encrypted(url.format(port=postgresql_by_tls))


def test_an_unverified_postgresql_is_rejected(postgresql_by_tls: int, tmp_path: Path) -> None:
    stranger = Authority(tmp_path, "stranger")
    url = f"{OURS}?sslmode=verify-full&sslrootcert={stranger.file}"
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        is_encrypted(url.format(port=postgresql_by_tls))


def test_postgresql_without_tls_is_rejected_only_if_required(
    plain_postgresql: int, authority: Authority
) -> None:
    """The last is why a production must say it: orders_site.E023."""
    url = OURS.format(port=plain_postgresql)
    with pytest.raises(psycopg.OperationalError, match="does not support SSL"):
        is_encrypted(f"{url}?sslmode=verify-full&sslrootcert={authority.file}")
    assert not is_encrypted(url)


def test_a_postgresql_that_requires_a_client_certificate_gets_it(
    certificate: Certificate, authority: Authority
) -> None:
    ours = authority.issue("client")
    with postgresql(certificate, clients_of=authority) as port:
        url = f"{OURS}?sslmode=verify-full&sslrootcert={authority.file}".format(port=port)
        assert is_encrypted(f"{url}&sslcert={ours.file}&sslkey={ours.key}")
        with pytest.raises(psycopg.OperationalError, match="requires a valid client certificate"):
            is_encrypted(url)


def test_sqs_is_verified_by_an_authority_of_our_own(
    sqs_by_tls: MotoServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.file))
    client_of(sqs_by_tls).create_queue(QueueName="teas")


def test_an_unverified_sqs_is_rejected(sqs_by_tls: MotoServer) -> None:
    with pytest.raises(SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        client_of(sqs_by_tls).list_queues()


def client_of(server: MotoServer) -> "SQSClient":
    """Return a new client with this process's options: botocore reads the variable once."""
    sqs._forget_the_account()
    return sqs._client_of(0, server.url, seconds=2, attempts=1)


def send_to(server: MailServer, settings: Settings) -> None:
    url = f"smtp+tls://shop:secret@127.0.0.1:{server.port}"
    settings.MAILERS = {"default": mailer_from(environ.Env.email_url_config(url))}
    message = EmailMessage("Hello", "…", "shop@example.com", ["you@example.com"])
    mailers["default"].send_messages([message])


def test_a_mail_is_sent_by_verified_tls_only(
    certificate: Certificate,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with mail_server(certificate) as server:
        send_to(server, settings)
    in_the_clear = {line[:4] for is_secure, line in server.received if not is_secure}
    assert in_the_clear == {b"ehlo", b"STAR"}
    assert b"AUTH" in {line[:4] for is_secure, line in server.received if is_secure}


def test_an_unverified_mail_server_gets_no_password(
    certificate: Certificate, settings: Settings
) -> None:
    with mail_server(certificate) as server, pytest.raises(ssl.SSLCertVerificationError):
        send_to(server, settings)
    assert {line[:4].upper() for _, line in server.received} == {b"EHLO", b"STAR"}


def test_a_mail_server_that_offers_no_tls_gets_no_password(settings: Settings) -> None:
    with mail_server(None) as server, pytest.raises(smtplib.SMTPNotSupportedError):
        send_to(server, settings)
    assert not [line for _, line in server.received if line[:4].upper() in (b"AUTH", b"MAIL")]
