"""nats-py's TCP transport, with a close that ends within a second."""

import asyncio

from nats.aio.transport import TcpTransport

CLOSE_SECONDS = 1.0


class SureTransport(TcpTransport):
    """Aborts a connection that does not close within a second; nats-py's own (2.16) waits on."""

    async def wait_closed(self) -> None:
        # A task of its own: nats-py cancels the task that reconnects while this one waits. That
        # would cancel the future for which each later call waits as well.
        closed = asyncio.create_task(self._closed())
        closed.add_done_callback(_read_error)
        done, _ = await asyncio.wait({closed}, timeout=CLOSE_SECONDS)
        if done:
            closed.result()
        else:
            self.abort()

    async def _closed(self) -> None:
        await super().wait_closed()  # type: ignore[no-untyped-call]

    def abort(self) -> None:
        """Close at once, unless it is closed already."""
        for writer in (self._io_writer, self._bare_io_writer):
            if writer is not None:
                writer.transport.abort()


def _read_error(task: asyncio.Task[None]) -> None:
    """Read the error of a close for which no caller waits, so that Python logs none."""
    if not task.cancelled():
        task.exception()
