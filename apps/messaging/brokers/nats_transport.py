"""nats-py's TCP transport, with a close that ends within a second."""

import asyncio

from nats.aio.transport import TcpTransport

CLOSE_SECONDS = 1.0


class SureTransport(TcpTransport):
    """Aborts a connection that does not close within a second; nats-py's own (2.16) waits on."""

    async def wait_closed(self) -> None:
        try:
            await asyncio.wait_for(self._closed(), CLOSE_SECONDS)
        except TimeoutError:
            self.abort()

    async def _closed(self) -> None:
        await super().wait_closed()  # type: ignore[no-untyped-call]

    def abort(self) -> None:
        """Close at once, unless it is closed already."""
        for writer in (self._io_writer, self._bare_io_writer):
            if writer is not None:
                writer.transport.abort()
