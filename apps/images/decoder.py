"""The process that decodes pictures, each in a child with limits; `sandbox` talks to it.

    worker or web --> decoder: Pillow, no Django, no secrets --> child: a fork for one picture

The decoder goes on running, so that no picture waits for Pillow's import. It ends with its worker,
or after some idle seconds. A child cannot open a file or a connection, and cannot start a process.
Its memory and its time are limited, and it can send one answer only, through the decoder.
"""

import json
import os
import resource
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from io import BytesIO
from typing import NoReturn

from apps.images.answers import (
    ANSWER,
    BROKEN,
    ERRORS_BY_CODE,
    FORMATS,
    LOST,
    MB,
    NO_PILLOW,
    OUT_OF_MEMORY,
    PICTURE,
    Header,
    Limits,
    Rendered,
)
from apps.images.errors import PhotoInvalid

try:
    # Pillow imports these only when it meets such a picture, and a child can open no file.
    from PIL import Image, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin

    from apps.images import pictures
except ImportError as error:
    sys.stderr.write(f"decoder: {error}\n")
    sys.exit(NO_PILLOW)

LOADED = (MpoImagePlugin, TiffImagePlugin, WebPImagePlugin)
IDLE_SECONDS = 10
LEAST_SHARE = 0.1
"""Of one processor. If a child got less than this in its time, its picture may be valid."""


def main() -> None:
    """Answer one request after the other."""
    # A stopping worker finishes its jobs in flight; this process ends after it.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # If its worker was killed: end quietly.
    Image.preinit()
    requests = sys.stdin.buffer
    while select.select([requests], [], [], IDLE_SECONDS)[0] and (line := requests.readline()):
        _serve(**json.loads(line))


def _serve(task: str, size: int, limits: dict[str, int]) -> None:
    data = sys.stdin.buffer.read(size)
    code, answer = _in_a_child(task, data, Limits(**limits))
    sys.stdout.buffer.write(ANSWER.pack(code, len(answer)) + answer)
    sys.stdout.buffer.flush()


def _in_a_child(task: str, data: bytes, limits: Limits) -> tuple[int, bytes]:
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        os.closerange(0, 2)
        _work(task, data, limits, writing)
    os.close(writing)
    answer, reason = _answer_of(reading, limits)
    os.close(reading)
    # A child that has answered is already ending, with its own exit code.
    os.kill(child, signal.SIGKILL)
    _, status, used = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if not reason and code == -signal.SIGKILL:
        # By a system without memory, or by hand.
        return LOST, b"the decoder's child was killed"
    if reason == _too_long(limits) and used.ru_utime + used.ru_stime < LEAST_SHARE * limits.seconds:
        # A machine or a container that is paused, or has no processor to spare.
        return LOST, f"the decoder stood still for {limits.seconds:g} s".encode()
    reason = reason or _reason(code, limits)
    return (BROKEN, reason.encode()) if reason else (code, answer)


def _answer_of(reading: int, limits: Limits) -> tuple[bytes, str]:
    """Return the whole answer of the child, or the reason why the wait for it ended."""
    answer, deadline = bytearray(), time.monotonic() + limits.seconds
    readable = [reading, sys.stdin]
    while ready := select.select(readable, [], [], max(0.0, deadline - time.monotonic()))[0]:
        if reading not in ready:
            return b"", "its worker is gone"  # A live one sends nothing now.
        part = os.read(reading, MB)
        if not part:
            return bytes(answer), ""
        answer += part
        if len(answer) > limits.answer:
            return b"", f"the result takes more than {limits.answer // MB} MB"
    return b"", _too_long(limits)


def _too_long(limits: Limits) -> str:
    return f"decoding took longer than {limits.seconds:g} s"


def _reason(code: int, limits: Limits) -> str:
    if code == 0 or code in ERRORS_BY_CODE:
        return ""
    if code == OUT_OF_MEMORY:
        return f"decoding ran out of memory, {limits.memory // MB} MB"
    if code == -signal.SIGXCPU:
        return f"decoding took longer than {limits.cpu_seconds} s"
    return f"the decoder crashed: {signal.Signals(-code).name if code < 0 else code}"


def _work(task: str, data: bytes, limits: Limits, writing: int) -> NoReturn:
    code = 1
    try:
        _keep_to(limits)
        code, answer = _tried(task, data)
        with open(writing, "wb", closefd=False) as file:
            file.write(answer)
    finally:
        os._exit(code)  # A child must never return to the decoder's own loop.


def _keep_to(limits: Limits) -> None:
    for name, soft, hard in (
        ("RLIMIT_AS", limits.memory, limits.memory),
        ("RLIMIT_CPU", limits.cpu_seconds, limits.cpu_seconds + 1),
        ("RLIMIT_NOFILE", 0, 0),
        ("RLIMIT_NPROC", 0, 0),
        ("RLIMIT_CORE", 0, 0),
    ):
        # macOS does not have all of them; the deadline in `_answer_of` holds everywhere.
        with suppress(AttributeError, OSError, ValueError):
            resource.setrlimit(getattr(resource, name), (soft, hard))


def _tried(task: str, data: bytes) -> tuple[int, bytes]:
    try:
        return 0, b"".join(_packed(each) for each in TASKS[task](data))
    except PhotoInvalid as error:
        (code,) = (code for code, kind in ERRORS_BY_CODE.items() if isinstance(error, kind))
        return code, str(error).encode()[:500]
    except MemoryError:
        return OUT_OF_MEMORY, b""
    except Exception as error:  # Pillow's decoders may raise anything.
        traceback.print_exc()
        return BROKEN, f"the decoder crashed: {error!r}".encode()[:500]


def _packed(each: Header) -> bytes:
    data = each.data if isinstance(each, Rendered) else b""
    return PICTURE.pack(FORMATS.index(each.format), each.width, each.height, len(data)) + data


TASKS: dict[str, Callable[[bytes], Sequence[Header]]] = {
    "inspect": lambda data: [pictures.inspect(BytesIO(data))],
    "preview": lambda data: [pictures.preview(data)],
    "renditions": pictures.renditions,
}

if __name__ == "__main__":
    main()
