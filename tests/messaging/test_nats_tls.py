"""Connections by TLS: verified or refused, and nothing of ours is sent before it stands."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from apps.messaging import emptying
from apps.messaging.connection import connected, idle
from apps.messaging.errors import BrokerAway
from apps.messaging.life import Life
from apps.messaging.link import CONNECT_SECONDS, DRAIN_SECONDS, Link
from apps.messaging.nats_transport import SureTransport
from tests.certificates import Authority, Certificate
from tests.running import running
from tests.servers import NatsServer
from tests.waiting import eventually

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
    """A server to be started with a configuration of the test's own."""
    server = NatsServer(folder=tmp_path)
    settings.NATS_URL = server.url.replace("nats://", "tls://web:p%40ss@")
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def trusted(authority: Authority, settings: Settings) -> None:
    settings.NATS_SECURITY = settings.NATS_SECURITY | {"ca": str(authority.file)}


async def connect_and_idle(life: Life) -> None:
    async with connected(life) as nc:
        life.ready()
        await idle(nc, life)


def refusal() -> str:
    """Return why no connection came about."""
    with pytest.raises(BrokerAway) as refused:
        asyncio.run(_link().open(OPEN_SECONDS))
    return str(refused.value)


def _link() -> Link:
    return Link("test", lost=_nothing, back=_nothing, closed=_nothing)


def _nothing() -> None:
    pass


def test_a_server_that_our_authority_vouches_for_is_taken(
    server: NatsServer, certificate: Certificate
) -> None:
    server.config = tls(certificate)
    server.start()
    with running(connect_and_idle) as life:
        assert life.is_ready


def test_tls_that_is_on_offer_alone_is_used(server: NatsServer, certificate: Certificate) -> None:
    """nats-py by itself would go on without."""
    server.config = f"{tls(certificate)}\nallow_non_tls: true"
    server.start()
    assert asyncio.run(_tls_version())


async def _tls_version() -> str | None:
    link = _link()
    await link.open(OPEN_SECONDS)
    try:
        assert isinstance(link.nc._transport, SureTransport)
        assert link.nc._transport._io_writer
        transport = link.nc._transport._io_writer.transport
        secured = transport.get_extra_info("ssl_object")
        return None if secured is None else str(secured.version())
    finally:
        await link.leave()


def test_a_server_that_nobody_vouches_for_is_refused(
    server: NatsServer, certificate: Certificate, settings: Settings
) -> None:
    server.config = tls(certificate)
    server.start()
    settings.NATS_SECURITY = settings.NATS_SECURITY | {"ca": ""}
    assert "CERTIFICATE_VERIFY_FAILED" in refusal()


def test_a_certificate_of_another_host_is_refused(server: NatsServer, authority: Authority) -> None:
    server.config = tls(authority.issue("another", host="127.0.0.2"))
    server.start()
    assert "CERTIFICATE_VERIFY_FAILED" in refusal()


def test_a_server_that_asks_for_our_certificate_is_shown_it(
    server: NatsServer, certificate: Certificate, authority: Authority, settings: Settings
) -> None:
    server.config = tls(certificate, f'ca_file: "{authority.file}"', "verify: true")
    server.start()
    assert refusal()
    ours = authority.issue("web")
    settings.NATS_SECURITY = settings.NATS_SECURITY | {"cert": str(ours.file), "key": str(ours.key)}
    with running(connect_and_idle) as life:
        assert life.is_ready


def test_a_server_whose_handshake_comes_first_is_taken(
    server: NatsServer, certificate: Certificate, settings: Settings
) -> None:
    server.config = tls(certificate, "handshake_first: true")
    server.start()
    assert refusal()
    settings.NATS_SECURITY = settings.NATS_SECURITY | {"tls_first": True}
    with running(connect_and_idle) as life:
        assert life.is_ready


def test_a_renewed_certificate_is_read_at_the_next_connection(
    server: NatsServer, certificate: Certificate, settings: Settings, tmp_path: Path
) -> None:
    """The file is replaced while the worker runs, as by a tool that renews certificates."""
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(Path(settings.NATS_SECURITY["ca"]).read_bytes())
    settings.NATS_SECURITY = settings.NATS_SECURITY | {"ca": str(trusted)}
    server.config = tls(certificate)
    server.start()
    with running(connect_and_idle) as life:
        other = Authority(tmp_path, "next")
        trusted.write_bytes(other.file.read_bytes())
        server.stop()
        eventually(lambda: not life.is_ready)
        server.config = tls(other.issue("next server"))
        server.start()
        eventually(lambda: life.is_ready, within=10)


@dataclass
class Listener:
    """Says hello as a NATS server does, keeps what it is sent, and hangs up."""

    info: bytes
    port: int = 0
    heard: bytearray = field(default_factory=bytearray)
    calls: int = 0
    is_silent: bool = False
    left_by: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        writer.write(self.info)
        self.heard += await reader.read(1024)
        while self.is_silent and await reader.read(1024):
            pass
        self.left_by += 1
        writer.close()


@asynccontextmanager
async def listener(info: bytes) -> AsyncIterator[Listener]:
    it = Listener(info)
    serving = await asyncio.start_server(it.serve, "127.0.0.1", it.port)
    it.port = serving.sockets[0].getsockname()[1]
    async with serving:
        yield it


INFO = b'INFO {"server_id": "a", "version": "2.15.1", "headers": true, "auth_required": true}\r\n'


def test_a_listener_that_offers_no_tls_is_sent_not_one_byte(settings: Settings) -> None:
    async def connect() -> tuple[int, bytes]:
        async with listener(INFO) as plain:
            settings.NATS_URL = f"tls://web:secret@127.0.0.1:{plain.port}"
            with pytest.raises(BrokerAway, match="offers no TLS"):
                await _link().open(OPEN_SECONDS)
            return plain.calls, bytes(plain.heard)

    calls, heard = asyncio.run(connect())
    assert calls
    assert heard == b""


def test_what_empties_streams_sends_it_nothing_either(settings: Settings) -> None:
    async def purge() -> bytes:
        async with listener(INFO) as plain:
            url = f"tls://web:secret@127.0.0.1:{plain.port}"
            with pytest.raises(BrokerAway, match="offers no TLS"):
                await asyncio.to_thread(emptying.purge_streams, [], url=url, inbox_prefix="_INBOX")
            return bytes(plain.heard)

    assert asyncio.run(purge()) == b""


def test_a_server_that_comes_back_without_tls_is_refused(
    server: NatsServer, certificate: Certificate, caplog: pytest.LogCaptureFixture
) -> None:
    server.config = tls(certificate)
    server.start()
    with running(connect_and_idle) as life:
        server.stop()
        eventually(lambda: not life.is_ready)
        server.config = USER
        server.start()
        eventually(lambda: "offers no TLS" in str([vars(each) for each in caplog.records]))
        assert not life.is_ready


def test_a_handshake_that_is_not_answered_has_an_end_and_leaves_nothing_open(
    settings: Settings,
) -> None:
    """As where the cable is cut at that moment."""

    async def connect() -> Listener:
        async with listener(INFO.replace(b"INFO {", b'INFO {"tls_required": true, ')) as silent:
            silent.is_silent = True
            settings.NATS_URL = f"tls://web:secret@127.0.0.1:{silent.port}"
            async with asyncio.timeout(CONNECT_SECONDS + DRAIN_SECONDS + 1):
                with pytest.raises(BrokerAway):
                    await _link().open(CONNECT_SECONDS)
                while silent.left_by < silent.calls:
                    await asyncio.sleep(0.01)
        return silent

    assert asyncio.run(connect()).calls


def test_servers_named_before_tls_stands_are_not_believed(settings: Settings) -> None:
    """Whoever stands between could name one of their own, with a certificate of their own."""
    named = b'"tls_required": true, "connect_urls": ["127.0.0.1:9"]'

    async def known() -> tuple[int, set[int | None]]:
        async with listener(INFO.replace(b"INFO {", b"INFO {" + named + b", ")) as between:
            settings.NATS_URL = f"tls://web:secret@127.0.0.1:{between.port}"
            link = _link()
            with pytest.raises(BrokerAway):
                await link.open(OPEN_SECONDS)
            return between.port, {each.uri.port for each in link.nc._server_pool}

    port, ports = asyncio.run(known())
    assert ports == {port}
