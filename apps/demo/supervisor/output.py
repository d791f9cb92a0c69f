"""One log for all processes: each line begins with the coloured name of its process."""

import os
import re
import select
from collections import deque
from itertools import cycle

from apps.messaging.control_characters import escaped

_COLOURS = [f"\x1b[{code}m" for code in (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)]
_BOLD, _RESET = "\x1b[1m", "\x1b[0m"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# A pipe that poll() calls writable takes this much without blocking.
_PIECE = 4096


def colours_wanted(fd: int) -> bool:
    """Return whether to colour: as NO_COLOR or FORCE_COLOR says, else if it is a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or os.isatty(fd)


class Output:
    """The supervisor's standard output.

    Writing to it never blocks: a reader that is slow, or gone, must not stop the shop.
    """

    def __init__(self, fd: int, *, width: int, colours: bool) -> None:
        self._fd = fd
        self._width = width
        self._colours = colours
        self._palette = cycle(_COLOURS)
        self._colour_of: dict[str, str] = {}
        self._unwritten: deque[bytes] = deque(maxlen=10_000)

    def line(self, name: str, text: str) -> None:
        """Write one line of the process of that name."""
        prefix = f"{name:<{self._width}} | "
        if self._colours:
            colour = self._colour_of.setdefault(name, next(self._palette))
            self.block(f"{colour}{prefix}{_RESET}{_harmless(text)}{_RESET}")
        else:
            self.block(prefix + _harmless(_COLOUR.sub("", text)))

    def notice(self, text: str) -> None:
        """Write a line of the supervisor itself."""
        self.line("demo", f"{_BOLD}{text}{_RESET}")

    def block(self, text: str) -> None:
        """Write the text without a name."""
        if not self._colours:
            text = _COLOUR.sub("", text)
        data = f"{text}\n".encode()
        self._unwritten.extend(data[at : at + _PIECE] for at in range(0, len(data), _PIECE))
        self.flush()

    def flush(self, *, patience: float = 0) -> None:
        """Write what the reader takes within `patience` seconds.

        If it does not read, the oldest lines are lost.
        """
        while self._unwritten and select.select([], [self._fd], [], patience)[1]:
            piece = self._unwritten.popleft()
            try:
                os.write(self._fd, piece)
            except OSError:  # The reader has gone.
                return


class LineSplitter:
    """The output of one process: pieces of bytes → whole lines."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """Return the complete lines; empty data means that the process has ended."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        if not data and self._rest:
            whole, self._rest = [*whole, self._rest], b""
        return [line.decode(errors="replace").rstrip("\r") for line in whole]


def _harmless(text: str) -> str:
    """Keep colours, and escape all other control codes, such as one that sets the title."""
    colours = _COLOUR.findall(text)
    plain = [escaped(piece, keep="\t") for piece in _COLOUR.split(text)]
    return plain[0] + "".join(
        f"{colour}{piece}" for colour, piece in zip(colours, plain[1:], strict=True)
    )
