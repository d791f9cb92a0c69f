"""A decoder whose children behave like the worst possible pictures."""

import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from apps.images import decoder, sandbox
from apps.images.answers import MB, PICTURE, Header, Rendered
from apps.images.errors import PictureBroken

TOO_LONG = 60  # For any limit that a test sets.
# Root may start as many processes as it likes.
NOBODY = pwd.getpwnam("nobody").pw_uid


def start(idle_seconds: float = 10) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.images.hostile_decoder", str(idle_seconds)],
        env=sandbox._environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        process_group=0,
    )


def spin() -> None:
    while True:
        pass


def start_a_process() -> None:
    if os.geteuid() == 0:
        os.setuid(NOBODY)
    os.fork()


def show_environment() -> None:
    raise PictureBroken(str(sorted(os.environ)))


def show_parent() -> None:
    raise PictureBroken(str(os.getppid()))


def answer_with_an_unknown_format() -> list[Header]:
    decoder._packed = lambda each: PICTURE.pack(99, 1, 1, 0)
    return [Header(format="../../x", width=1, height=1)]


WORST: dict[str, Any] = {
    "raise": lambda: 1 // 0,
    "crash": lambda: ctypes.string_at(0),
    "fill the memory": lambda: bytearray(2**32),
    "spin": spin,
    "hang": lambda: time.sleep(TOO_LONG),
    "flood": lambda: [Rendered(format="jpeg", width=1, height=1, data=bytes(3 * MB))],
    "open a file": lambda: Path(__file__).read_text(),
    "connect": socket.socket,
    "start a process": start_a_process,
    "be killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "kill the decoder": lambda: os.kill(os.getppid(), signal.SIGKILL),
    "answer with an unknown format": answer_with_an_unknown_format,
    "show the environment": show_environment,
    "show the parent": show_parent,
}

if __name__ == "__main__":
    decoder.IDLE_SECONDS = float(sys.argv[1])  # type: ignore[assignment]
    for name, act in WORST.items():
        decoder.TASKS[name] = lambda data, act=act: act()  # type: ignore[misc]
    decoder.main()
