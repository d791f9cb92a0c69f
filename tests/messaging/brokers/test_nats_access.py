"""TLS connections: verified or rejected, and nothing is sent before the handshake is done."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
from nats.aio.client import Srv
from pytest_django.fixtures import Settings

from apps.messaging.brokers import nats_py_fixes
from apps.messaging.brokers.nats_connection import Connection
from apps.messaging.brokers.nats_for_workers import connected, idle
from apps.messaging.brokers.nats_py_fixes import PatchedClient, TlsNotOffered
from apps.messaging.brokers.nats_transport import CLOSE_SECONDS, SureTransport
from apps.messaging.errors import BrokerAway
from apps.messaging.operations import purging
from apps.messaging.worker.lifecycle import Worker
from tests.support.certificates import Authority, Certificate
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

OPEN_SECONDS = 2.0
USER = 'authorization { users: [{user: web, password: "p@ss"}] }'


def tls(certificate: Certificate, *more: str) -> str:
    lines = [f'cert_file: "{certificate.file}"', f'key_file: "{certificate.key}"', *more]
    return f"tls {{ {', '.join(lines)} }}\n{USER}"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def certificate(authority: Authority) -> Certificate:
    return authority.issue("server")


@pytest.fixture
def server(tmp_path: Path, settings: Settings) -> Iterator[NatsServer]:
    """A server that the test starts with its own configuration."""
    server = NatsServer(folder=tmp_path)
    settings.NATS_URL = server.url.replace("nats://", "tls://web:p%40ss@")
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def trusted(authority: Authority, settings: Settings) -> None:
    settings.NATS_SECURITY = settings.NATS_SECURITY | {"ca": str(authority.file)}


async def connect_and_idle(worker: Worker) -> None:
    async with connected(worker) as nc:
        worker.ready()
        await idle(nc, worker)


def refusal() -> str:
    """Return the error that prevented the connection."""
    with pytest.raises(BrokerAway) as refused:
        asyncio.run(_connection().open(OPEN_SECONDS))
    return str(refused.value)


def is_refused(reason: str) -> bool:
    """Say whether the connection fails for this reason; a busy machine may know none at first."""
    return bool(eventually(lambda: reason in refusal()))


def _connection() -> Connection:
    return Connection("test", lost=_nothing, back=_nothing, closed=_nothing)


def _nothing() -> None:
    pass


def test_a_server_with_a_certificate_of_our_authority_is_accepted(
    server: NatsServer, certificate: Certificate
) -> None:
    server.config = tls(certificate)
    server.start()
    with running(connect_and_idle) as worker:
        assert worker.is_ready


def test_tls_is_used_where_it_is_optional(server: NatsServer, certificate: Certificate) -> None:
    server.config = f"{tls(certificate)}\nallow_non_tls: true"
    server.start()
    assert asyncio.run(_tls_version())


async def _tls_version() -> str | None:
    link = _connection()
    await link.open(20)
    try:
        assert isinstance(link.nc._transport, SureTransport)
        assert link.nc._transport._io_writer
        transport = link.nc._transport._io_writer.transport
        secured = transport.get_extra_info("ssl_object")
        return None if secured is None else str(secured.version())
    finally:
        await link.leave()


def test_a_server_with_an_untrusted_certificate_is_rejected(
    server: NatsServer, certificate: Certificate, settings: Settings
) -> None:
    server.config = tls(certificate)
    server.start()
    settings.NATS_SECURITY = settings.NATS_SECURITY | {"ca": ""}
    assert is_refused("CERTIFICATE_VERIFY_FAILED")


def test_a_certificate_of_another_host_is_rejected(
    server: NatsServer, authority: Authority
) -> None:
    server.config = tls(authority.issue("another", host="127.0.0.2"))
    server.start()
    assert is_refused("CERTIFICATE_VERIFY_FAILED")


def test_a_client_certificate_is_sent_on_request(
    server: NatsServer, certificate: Certificate, authority: Authority, settings: Settings
) -> None:
    server.config = tls(certificate, f'ca_file: "{authority.file}"', "verify: true")
    server.start()
    assert refusal()
    ours = authority.issue("web")
    settings.NATS_SECURITY = settings.NATS_SECURITY | {"cert": str(ours.file), "key": str(ours.key)}
    with running(connect_and_idle) as worker:
        assert worker.is_ready


def test_tls_first_connects_to_a_handshake_first_server(
    server: NatsServer, certificate: Certificate, settings: Settings
) -> None:
    server.config = tls(certificate, "handshake_first: true")
    server.start()
    assert refusal()
    settings.NATS_SECURITY = settings.NATS_SECURITY | {"tls_first": True}
    with running(connect_and_idle) as worker:
        assert worker.is_ready


def test_the_next_connection_uses_a_renewed_certificate(
    server: NatsServer, certificate: Certificate, settings: Settings, tmp_path: Path
) -> None:
    """The file is replaced while the worker runs, as by a tool that renews certificates."""
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(Path(settings.NATS_SECURITY["ca"]).read_bytes())
    settings.NATS_SECURITY = settings.NATS_SECURITY | {"ca": str(trusted)}
    server.config = tls(certificate)
    server.start()
    with running(connect_and_idle) as worker:
        other = Authority(tmp_path, "next")
        trusted.write_bytes(other.file.read_bytes())
        server.stop()
        eventually(lambda: not worker.is_ready)
        server.config = tls(other.issue("next server"))
        server.start()
        eventually(lambda: worker.is_ready, within=10)


NEIGHBOUR = "127.0.0.2:4222"


class Noting(SureTransport):
    """Records the data that the client is about to send."""

    noted: list[bytes]

    def write(self, payload: bytes) -> None:
        self.noted.append(payload)
        super().write(payload)  # type: ignore[no-untyped-call]

    def writelines(self, payload: list[bytes]) -> None:
        self.noted += payload
        super().writelines(payload)  # type: ignore[no-untyped-call]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The bytes that all connections of the test send."""
    monkeypatch.setattr(Noting, "noted", [], raising=False)
    monkeypatch.setattr(nats_py_fixes, "SureTransport", Noting)
    return Noting.noted


def greeted(info: dict[str, Any], *, is_first: bool = True) -> PatchedClient:
    """Return a client of `tls://` that got this INFO from a server."""
    nc = PatchedClient()
    nc.options["tls_handshake_first"] = False
    nc.options["dont_randomize"] = True
    nc._current_server = Srv(urlparse("tls://127.0.0.1:4222"))
    asyncio.run(nc._process_info(info, initial_connection=is_first))
    return nc


@pytest.mark.parametrize("offer", ["tls_required", "tls_available"])
def test_a_server_that_offers_no_tls_is_rejected(offer: str) -> None:
    assert greeted({offer: True})
    with pytest.raises(TlsNotOffered, match="offers no TLS"):
        greeted({offer: False})


@pytest.fixture
def refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let our check reject every server."""

    def reject(self: PatchedClient, info: dict[str, Any]) -> None:
        raise TlsNotOffered("refused by a test")

    monkeypatch.setattr(PatchedClient, "_require_tls", reject)


def test_the_recorder_sees_the_bytes_sent(
    server: NatsServer, certificate: Certificate, sent: list[bytes]
) -> None:
    """Without this the two tests below would prove nothing."""
    server.config = tls(certificate)
    server.start()
    assert asyncio.run(_tls_version())
    assert b"CONNECT" in b"".join(sent)


@pytest.mark.usefixtures("refuses")
def test_a_tls_rejection_happens_before_any_byte_is_sent(
    server: NatsServer, certificate: Certificate, sent: list[bytes]
) -> None:
    server.config = tls(certificate)
    server.start()
    assert is_refused("refused by a test")
    assert sent == []


@pytest.mark.usefixtures("refuses")
def test_purging_sends_no_byte_after_a_tls_rejection(
    server: NatsServer, certificate: Certificate, settings: Settings, sent: list[bytes]
) -> None:
    server.config = tls(certificate)
    server.start()
    with pytest.raises(BrokerAway, match="refused by a test"):
        purging.purge_streams([], url=settings.NATS_URL, inbox_prefix="_INBOX")
    assert sent == []


def test_a_server_that_returns_without_tls_is_rejected(
    server: NatsServer, certificate: Certificate, caplog: pytest.LogCaptureFixture
) -> None:
    server.config = tls(certificate)
    server.start()
    with running(connect_and_idle) as worker:
        server.stop()
        eventually(lambda: not worker.is_ready)
        server.config = USER
        server.start()
        eventually(lambda: "offers no TLS" in str([vars(each) for each in caplog.records]))
        assert not worker.is_ready


class Unclosing(SureTransport):
    """Never reports that it is closed; records a call of `abort`."""

    is_aborted = False

    async def _closed(self) -> None:
        await asyncio.Event().wait()

    def abort(self) -> None:
        self.is_aborted = True


def test_a_close_that_takes_too_long_is_aborted() -> None:
    async def close() -> bool:
        transport = Unclosing()  # type: ignore[no-untyped-call]
        async with asyncio.timeout(10 * CLOSE_SECONDS):
            await transport.wait_closed()
        return transport.is_aborted

    assert asyncio.run(close())


def test_other_servers_are_learned_only_over_tls() -> None:
    info = {"tls_required": True, "connect_urls": [NEIGHBOUR]}
    assert greeted(dict(info))._server_pool == []
    (found,) = greeted(dict(info), is_first=False)._server_pool
    assert found.uri.netloc == NEIGHBOUR
