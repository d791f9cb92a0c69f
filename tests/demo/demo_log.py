"""The supervisor's output as a test reads it."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from apps.demo.supervisor.output import Output


class DemoLog:
    """Everything written so far to an `Output`."""

    def __init__(self, read_end: int, output: Output) -> None:
        os.set_blocking(read_end, False)
        self.read_end = read_end
        self._text = ""
        self.output = output

    @property
    def text(self) -> str:
        try:
            while data := os.read(self.read_end, 65_536):
                self._text += data.decode()
        except BlockingIOError:
            pass
        return self._text

    def said(self, pattern: str) -> list[str]:
        """Return the group of each match of the pattern."""
        return re.findall(pattern, self.text)


@contextmanager
def demo_log(*, colours: bool = False) -> Iterator[DemoLog]:
    read_end, write_end = os.pipe()
    try:
        yield DemoLog(read_end, Output(write_end, width=8, colours=colours))
    finally:
        os.close(read_end)
        os.close(write_end)
