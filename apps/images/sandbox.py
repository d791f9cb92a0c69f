"""Decodes uploaded pictures in another process: a bomb fails one job, and stops no worker.

This module does not import Pillow, and it does not trust the answers of `decoder`.
"""

import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from io import BytesIO
from math import inf
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector

from django.conf import settings

from apps.images.answers import (
    ANSWER,
    FORMATS,
    MB,
    NO_PILLOW,
    PICTURE,
    REFUSALS,
    Header,
    Limits,
    Rendered,
)
from apps.images.errors import DecoderLost, PictureBroken

# Neither may take longer than `DECODER_SECONDS`.
LOOKING = Limits(memory=768 * MB, cpu_seconds=2, seconds=20)
# The worst allowed picture, 25 million pixels of noise, takes 650 MB and 8 s.
MAKING = Limits(memory=768 * MB, cpu_seconds=30, seconds=inf)

CHECK_EVERY = 0.2
type Check = Callable[[], None]
"""Called every `CHECK_EVERY` seconds; it raises its own error once the job must stop."""

# The whole environment of the decoder: it has no password and no key. Each child allocates new
# memory for its picture; with large pages this is 5 % faster.
_ENVIRONMENT = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
_ROOT = Path(__file__).resolve().parents[2]
_at_once = threading.BoundedSemaphore(4)
_idle: list["subprocess.Popen[bytes]"] = []
# A forked child must not use the decoders of its parent.
os.register_at_fork(after_in_child=_idle.clear)


def is_wanted() -> None:
    """The check of a caller that never stops the decoding."""


def inspect(data: bytes) -> Header:
    """Read only the header. Raises `PhotoRefused`."""
    (seen,) = _asked("inspect", data, LOOKING)
    return Header(format=seen.format, width=seen.width, height=seen.height)


def preview(data: bytes) -> Rendered:
    """Return a small JPEG, quickly. Raises `PhotoRefused`."""
    (made,) = _asked("preview", data, MAKING)
    return made


def renditions(data: bytes, check: Check = is_wanted) -> list[Rendered]:
    """Return the picture in each width and format, largest first.

    Raises `PhotoRefused`. An error of `check` ends the decoding, and is raised here.
    """
    return _asked("renditions", data, MAKING, check)


def _asked(task: str, data: bytes, limits: Limits, check: Check = is_wanted) -> list[Rendered]:
    allowed = replace(limits, seconds=min(limits.seconds, settings.LONGEST_TIMES.decoder))
    request = {"task": task, "size": len(data), "limits": asdict(allowed)}
    with _at_once:
        check()
        code, answer = _answered(json.dumps(request).encode() + b"\n" + data, check)
    if code in REFUSALS:
        raise REFUSALS[code](answer.decode(errors="replace"))
    try:
        return list(_pictures(answer))
    except (struct.error, IndexError) as error:
        raise PictureBroken("the decoder crashed: its answer is invalid") from error


def _answered(request: bytes, check: Check) -> tuple[int, bytes]:
    while True:
        decoder = _idle_or_new()
        assert decoder.stdin
        assert decoder.stdout
        try:
            decoder.stdin.write(request)
            decoder.stdin.flush()
            _await_answer(decoder, check)
            code, size = ANSWER.unpack(decoder.stdout.read(ANSWER.size))
            answer = decoder.stdout.read(size)
        except (OSError, struct.error) as error:
            with suppress(BrokenPipeError):
                decoder.stdin.close()
            if decoder.wait() != 0:
                raise DecoderLost(_reason(decoder.returncode)) from error
            continue  # It was idle for so long that it ended just now: ask another one.
        _idle.append(decoder)
        return code, answer


def _reason(code: int) -> str:
    if code == NO_PILLOW:
        return (
            f"the decoder cannot import Pillow: install requirements/base.txt for {sys.executable}"
        )
    return f"the decoder ended with {code}"


def _await_answer(decoder: "subprocess.Popen[bytes]", check: Check) -> None:
    assert decoder.stdin
    assert decoder.stdout
    with DefaultSelector() as selector:
        selector.register(decoder.stdout, EVENT_READ)
        try:
            while not selector.select(CHECK_EVERY):
                check()
        except BaseException:
            decoder.stdin.close()  # The decoder then ends its child, and itself.
            raise


def _idle_or_new() -> "subprocess.Popen[bytes]":
    with suppress(IndexError):
        while True:
            decoder = _idle.pop()
            if decoder.poll() is None:
                return decoder
    decoder = _start()
    # Reap the process when it ends, so that no zombie is left.
    threading.Thread(target=decoder.wait, daemon=True).start()
    return decoder


def _start() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-s", "-B", "-m", "apps.images.decoder"],
        cwd=_ROOT,
        # The decoder finds Pillow where this process does: in PYTHONPATH, in the user's packages.
        env=_ENVIRONMENT | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _pictures(answer: bytes) -> Iterator[Rendered]:
    """Read only numbers, bytes and one of four formats: a captured child may send anything."""
    file = BytesIO(answer)
    while head := file.read(PICTURE.size):
        format, width, height, size = PICTURE.unpack(head)
        yield Rendered(format=FORMATS[format], width=width, height=height, data=file.read(size))
