"""nats-py's client, deaf to nobody: it outlives whatever a stranger may publish.

As it comes (2.16) a subject, a reply subject or a status that is no UTF-8, or half a header, ends
the task that reads the connection, and nothing shows it until pings stay unanswered. Kept by a
stream, such a message would do so to its consumer again and again.
"""

import logging
import re

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import Header
from nats.protocol import parser

# The server takes a subject with a vertical tab in it; nats-py would take that for a blank, and
# the line for none of its protocol.
parser.MSG_RE = re.compile(
    rb"\AMSG[ \t]+([^ \t\r\n]+)[ \t]+([^ \t\r\n]+)[ \t]+(([^ \t\r\n]+)[ \t]+)?(\d+)\r\n"
)
parser.HMSG_RE = re.compile(
    rb"\AHMSG[ \t]+([^ \t\r\n]+)[ \t]+([^ \t\r\n]+)[ \t]+(([^ \t\r\n]+)[ \t]+)?(\d+)[ \t]+(\d+)\r\n"
)

FROM_A_STREAM = b"$JS.ACK."

logger = logging.getLogger(__name__)


class ToughClient(Client):
    """Hands on what it cannot read in part, so that whoever it is for can bury it."""

    async def _process_msg(
        self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes
    ) -> None:
        await super()._process_msg(sid, _readable(subject), _readable(reply), data, headers)

    def _build_message(
        self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: dict[str, str] | None
    ) -> Msg:
        if reply.startswith(FROM_A_STREAM) and headers:
            # A status is the server's word, and comes alone; from a sender it is only a header,
            # but nats-py would obey it and drop the message, or the whole batch.
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
    return name.decode("utf-8", "backslashreplace").encode()
