"""The control channel: a socket at which processes of this user ask the supervisor for something.

A client sends one line, and reads the answer until the end. Nothing here waits for it: the thread
that reads the socket also restarts what dies.
"""

import json
import os
import selectors
import socket
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from apps.demo.supervisor.output import Output

MOST_CLIENTS = 16
LONGEST_REQUEST = 4096
"""Bytes."""
PATIENCE = 2.0
"""Seconds in which a client must have sent its line, if another one waits for its place."""

type Respond = Callable[[bytes], dict[str, Any]]


@contextmanager
def answering(
    path: Path, selector: selectors.BaseSelector, output: Output, answer: Respond
) -> Iterator[None]:
    """Answer what is asked at the socket while the selector runs; no other user can ask.

    The caller owns the folder: what is at that path was left behind by a process that is dead.
    """
    with socket.socket(socket.AF_UNIX) as door:
        try:
            _bind(door, path)
        except OSError as error:
            # Without it the demo does all else. The system limits the path to about 100 bytes.
            output.notice(f"no workers by hand: {path} cannot be a socket ({error})")
            yield
            return
        clients = _Clients(door, selector, answer)
        selector.register(door, selectors.EVENT_READ, lambda _: clients.accept())
        try:
            yield
        finally:
            selector.unregister(door)
            clients.close()
            path.unlink(missing_ok=True)


def _bind(door: socket.socket, path: Path) -> None:
    with suppress(FileNotFoundError):
        if stat.S_ISSOCK(path.lstat().st_mode):
            path.unlink()
    others = os.umask(0o177)  # From its first moment on only the owner may connect.
    try:
        door.bind(os.fspath(path))
    finally:
        os.umask(others)
    door.listen(MOST_CLIENTS)
    door.settimeout(0)


class _Clients:
    """The open connections, each with what it has sent so far and the time since when it is open.

    The selector's data is a function of the file descriptor, as with the processes' output.
    """

    def __init__(
        self, door: socket.socket, selector: selectors.BaseSelector, answer: Respond
    ) -> None:
        self._door = door
        self._selector = selector
        self._answer = answer
        self._open: dict[int, tuple[socket.socket, bytearray, float]] = {}

    def accept(self) -> None:
        with suppress(OSError):  # It has gone again.
            client, _ = self._door.accept()
            client.settimeout(0)
            self._make_room()
            self._open[client.fileno()] = (client, bytearray(), time.monotonic())
            self._selector.register(client.fileno(), selectors.EVENT_READ, self._read)

    def close(self) -> None:
        for fd in list(self._open):
            self._drop(fd)

    def _make_room(self) -> None:
        """Drop clients that are silent; if all places are taken, the one that came first."""
        late = time.monotonic() - PATIENCE
        for fd in [fd for fd, (_, _, since) in self._open.items() if since < late]:
            self._drop(fd)
        if len(self._open) >= MOST_CLIENTS:
            self._drop(next(iter(self._open)))

    def _read(self, fd: int) -> None:
        if fd not in self._open:
            return  # Dropped for the client that came with the same wake-up.
        client, sent, _ = self._open[fd]
        try:
            data = client.recv(LONGEST_REQUEST)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        sent += data
        is_whole = b"\n" in sent
        if is_whole and len(sent) <= LONGEST_REQUEST:
            answer = json.dumps(self._answer(bytes(sent).partition(b"\n")[0])).encode()
            with suppress(OSError):  # It has gone. The answer fits into the socket's buffer.
                client.send(answer)
        if is_whole or not data or len(sent) > LONGEST_REQUEST:
            self._drop(fd)

    def _drop(self, fd: int) -> None:
        self._selector.unregister(fd)
        self._open.pop(fd)[0].close()
