"""A command in a terminal of its own: its output, Enter for each question, Ctrl-C at the end."""

import os
import pty
import re
import select
import signal
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

QUIET_SECONDS = 0.3
"""Seconds without output, after which the command is taken to wait for input."""
CONTROL = re.compile(rb"\x1b(?:\[[0-9;?]*[a-zA-Z]|[78])|\r")
WHERE_IS_THE_CURSOR, HERE = b"\x1b[6n", b"\x1b[1;1R"


class Typed:
    """A running command. It accepts each default, as a person who presses Enter."""

    def __init__(self, command: list[str], *, folder: Path, environment: Mapping[str, str]) -> None:
        self._terminal, its_end = pty.openpty()
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=its_end,
            stdout=its_end,
            stderr=its_end,
            start_new_session=True,
        )
        os.close(its_end)
        self._output = b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def printed(self) -> str:
        return CONTROL.sub(b"", self._output).decode(errors="replace")

    def shows(self, *words: str) -> bool:
        """Say whether all of it was printed; clients put their blanks where they like."""
        printed = _without_blanks(self.printed)
        return all(_without_blanks(each) in printed for each in words)

    @property
    def failed(self) -> bool:
        """Say whether it has ended by itself, with an error."""
        return self._process.poll() not in (None, 0)

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def ended(self, *, within: float) -> int:
        """Wait for its end; return the exit code."""
        try:
            code = self._process.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {within} s: {self.printed}") from None
        self._reader.join(within)
        return code

    def stop(self) -> None:
        """Press Ctrl-C, and where that does not help, harder."""
        for number in (signal.SIGINT, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(2)
                break
        self._reader.join(2)
        os.close(self._terminal)

    def _read(self) -> None:
        answered = 0
        with suppress(OSError):  # The other end is closed: it has ended.
            while True:
                if select.select([self._terminal], [], [], QUIET_SECONDS)[0]:
                    printed = os.read(self._terminal, 65536)
                    if WHERE_IS_THE_CURSOR in printed:
                        os.write(self._terminal, HERE)
                    self._output += printed
                elif b"? " in CONTROL.sub(b"", self._output[answered:]):
                    answered = len(self._output)
                    os.write(self._terminal, b"\r")


def _without_blanks(text: str) -> str:
    return re.sub(r"\s", "", text)
