"""Signals as input of a selector: a handler in Python could interrupt any line."""

import os
import selectors
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def signals_into(selector: selectors.BaseSelector, on_stop: Callable[[], None]) -> Iterator[None]:
    """Wake the selector at each signal and each child's end; call `on_stop` to stop."""
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    os.set_blocking(write_end, False)

    def read(fd: int) -> None:
        if set(os.read(fd, 4096)) & set(STOP_SIGNALS):
            on_stop()

    handled = (*STOP_SIGNALS, signal.SIGCHLD)
    handlers_before = {number: signal.signal(number, _ignore) for number in handled}
    fd_before = signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    selector.register(read_end, selectors.EVENT_READ, read)
    try:
        yield
    finally:
        selector.unregister(read_end)
        signal.set_wakeup_fd(fd_before)
        for number, handler in handlers_before.items():
            signal.signal(number, handler)
        os.close(read_end)
        os.close(write_end)


def _ignore(number: int, frame: FrameType | None) -> None:
    """Do nothing: Python has written the signal's number into the wakeup pipe."""
