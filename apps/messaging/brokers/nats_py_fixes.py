"""A nats-py client that survives malformed messages, and the other fixes that it needs.

In nats-py (2.16) an error may end the task that reads the connection, and nothing shows it until
pings stay unanswered. If a stream keeps the message that caused it, it would happen again.
"""

import asyncio
import logging
import re
import ssl
import time
from typing import Any

import nats.errors
from django.utils.module_loading import import_string
from nats.aio.client import DEFAULT_BUFFER_SIZE, Srv
from nats.aio.msg import Msg
from nats.js.api import Header
from nats.protocol import parser

from apps.messaging.brokers.nats_access import CREDENTIALS
from apps.messaging.brokers.nats_quick_sends import QuickClient
from apps.messaging.brokers.nats_transport import SureTransport
from apps.messaging.message import check_size

# The words of a line as the server parts them.
parser.MSG_RE = re.compile(
    rb"\AMSG[ \t]+([^ \t\r\n]+)[ \t]+([^ \t\r\n]+)[ \t]+(([^ \t\r\n]+)[ \t]+)?(\d+)\r\n"
)
parser.HMSG_RE = re.compile(
    rb"\AHMSG[ \t]+([^ \t\r\n]+)[ \t]+([^ \t\r\n]+)[ \t]+(([^ \t\r\n]+)[ \t]+)?(\d+)[ \t]+(\d+)\r\n"
)

FROM_A_STREAM = b"$JS.ACK."

logger = logging.getLogger(__name__)


class TlsNotOffered(nats.errors.Error):
    """A server of `tls://` that offers less than the settings require; it was sent nothing."""


class PatchedClient(QuickClient):
    """Passes on a message that it can read only in part, so that its consumer can bury it.

    `is_leaving` is true while the server stops in an orderly way (lame duck mode): nats-py stays
    connected to it for a while, although its JetStream has stopped already.
    """

    is_leaving = False

    async def _connect_to_server(self, s: Srv) -> None:
        """Close the last connection for certain; nats-py keeps one open that was rejected."""
        if isinstance(self._transport, SureTransport):
            self._transport.abort()
        s.last_attempt = time.monotonic()
        self._transport = SureTransport()  # type: ignore[no-untyped-call]
        await self._transport.connect(
            s.uri,
            buffer_size=DEFAULT_BUFFER_SIZE,
            connect_timeout=self.options["connect_timeout"],
        )

    async def _send_ping(self, future: asyncio.Future[bool] | None = None) -> None:
        """Send the pending commands before the ping, so that `flush` waits for them too.

        nats-py sends its ping first: the server would answer before it has the subscription.
        """
        self.send_pending()
        await super()._send_ping(future)

    async def publish(
        self, subject: str, payload: bytes = b"", reply: str = "", headers: Any = None
    ) -> None:
        """Raise `MessageTooLarge` if the server would reject the message with its headers.

        nats-py (2.16) checks less than the server, which then closes the connection for good.
        """
        check_size(
            payload, headers or {}, at_most=self.max_payload, limit="the NATS server's max_payload"
        )
        await super().publish(subject, payload, reply=reply, headers=headers)

    async def _process_pong(self) -> None:
        """Accept a pong for which no call waits any more."""
        if self._pongs and self._pongs[0].done():
            self._pongs[0] = asyncio.get_running_loop().create_future()
        await super()._process_pong()

    async def _read_loop(self) -> None:
        """Connect again if the reading task ended by an unforeseen error."""
        await super()._read_loop()
        if self.is_connected and not self.is_draining:
            await self._process_op_err(nats.errors.ProtocolError())

    @property
    def ssl_context(self) -> ssl.SSLContext:
        """Take a function as well: certificates are renewed while a worker runs."""
        tls = self.options.get("tls")
        made: ssl.SSLContext = tls() if callable(tls) else super().ssl_context
        return made

    def _setup_nkeys_seed_connect(self) -> None:
        """Sign by our own reader, which reads the file again at each connection.

        nats-py calls this for the option `nkeys_seed`; its own method (2.16) needs the package
        `nkeys`, and keeps the public key of the first connection.
        """
        signed = import_string(f"{CREDENTIALS}.sign_by_nkey")

        def sign(nonce: str) -> bytes:
            signature: bytes
            # nats-py sends the public key of this attribute beside the signature.
            self._public_nkey, signature = signed(nonce, self._nkeys_seed)
            return signature

        self._signature_cb = sign

    def _require_tls(self, info: dict[str, Any]) -> None:
        """Raise `TlsNotOffered` before anything is sent.

        nats-py (2.16) accepts less. Other servers that this plaintext message announces are
        ignored.
        """
        if self.options["tls_handshake_first"]:
            return
        if not (info.get("tls_required") or info.get("tls_available")):
            raise TlsNotOffered("the server offers no TLS, which tls:// asks for: nothing was sent")
        info["tls_required"] = True
        info.pop("connect_urls", None)

    async def _process_info(self, info: dict[str, Any], initial_connection: bool = False) -> None:  # noqa: FBT001, FBT002
        assert self._current_server
        if initial_connection and self._current_server.uri.scheme == "tls":
            self._require_tls(info)
        self.is_leaving = bool(info.get("ldm"))
        # The server sends it also after a reload of its settings; nats-py knows only the first.
        self._max_payload = info.get("max_payload", self._max_payload)
        await super()._process_info(info, initial_connection)

    async def _process_msg(
        self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes
    ) -> None:
        await super()._process_msg(sid, _readable(subject), _readable(reply), data, headers)

    def _build_message(
        self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: dict[str, str] | None
    ) -> Msg:
        if reply.startswith(FROM_A_STREAM) and headers:
            # A status of the server has no other headers; here a sender has set the header.
            headers = {name: value for name, value in headers.items() if name != Header.STATUS}
        message: Msg = super()._build_message(sid, subject, reply, data, headers)
        return message

    async def _process_headers(self, headers: bytes) -> dict[str, str] | None:
        try:
            return await super()._process_headers(headers)
        except (UnicodeDecodeError, IndexError) as error:
            logger.warning("headers not understood", extra={"error": str(error)})
            return None


def _readable(name: bytes) -> bytes:
    return name if name.isascii() else name.decode("utf-8", "backslashreplace").encode()
