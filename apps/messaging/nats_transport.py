"""nats-py's TCP transport, of which a close has an end."""

import asyncio

from nats.aio.transport import TcpTransport

CLOSE_SECONDS = 1.0


class SureTransport(TcpTransport):
    """What the other side leaves unanswered is cut off.

    asyncio waits half a minute for the other side's end of TLS; of a handshake that was given up
    (2.16) nobody ever says that the connection is closed.
    """

    async def wait_closed(self) -> None:
        try:
            await asyncio.wait_for(super().wait_closed(), CLOSE_SECONDS)  # type: ignore[no-untyped-call]
        except TimeoutError:
            self.abort()

    def abort(self) -> None:
        """Close at once; what is closed already stays so."""
        for writer in (self._io_writer, self._bare_io_writer):
            if writer is not None:
                writer.transport.abort()
