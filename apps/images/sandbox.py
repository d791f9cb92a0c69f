"""Decodes uploaded pictures in another process: a bomb fails one job, and stops no worker.

This module does not import Pillow, and it does not trust the answers of `decoder`.
"""

import json
import os
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from io import BytesIO
from math import inf
from pathlib import Path

from django.conf import settings

from apps.images.answers import (
    ERRORS_BY_CODE,
    FORMATS,
    MB,
    NO_PILLOW,
    PICTURE,
    Header,
    Limits,
    Rendered,
)
from apps.images.errors import DecoderLost, PictureBroken
from apps.images.exchange import Check, exchange

# Neither may take longer than `DECODER_SECONDS`.
LOOKING = Limits(memory=768 * MB, cpu_seconds=2, seconds=20)
# The worst allowed picture, 25 million pixels of noise, takes 650 MB and 8 s.
MAKING = Limits(memory=768 * MB, cpu_seconds=30, seconds=inf)

AT_ONCE = 4
GRACE = 5.0
"""Seconds. The decoder itself ends a child at its limit; the decoder is killed this much later."""

# The whole environment of the decoder: it has no password and no key. Each child allocates new
# memory for its picture; with large pages this is 5 % faster.
_ENVIRONMENT = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
_LIBRARIES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""Variables with the folder of an interpreter's library, if it is in none of the system's."""
_ROOT = Path(__file__).resolve().parents[2]
_at_once = threading.BoundedSemaphore(AT_ONCE)
_idle: list["subprocess.Popen[bytes]"] = []
# A forked child must not use the decoders of its parent.
os.register_at_fork(after_in_child=_idle.clear)


def is_wanted() -> None:
    """The check of a caller that never stops the decoding."""


def inspect(data: bytes) -> Header:
    """Read only the header. Raises `PhotoInvalid` and `DecoderLost`."""
    (seen,) = _asked("inspect", data, LOOKING)
    return Header(format=seen.format, width=seen.width, height=seen.height)


def preview(data: bytes) -> Rendered:
    """Return a small JPEG, quickly. Raises `PhotoInvalid` and `DecoderLost`."""
    (made,) = _asked("preview", data, MAKING)
    return made


def renditions(data: bytes, check: Check = is_wanted) -> list[Rendered]:
    """Return the picture in each width and format, largest first.

    Raises `PhotoInvalid` and `DecoderLost`. An error of `check` ends the decoding, and is raised
    here.
    """
    return _asked("renditions", data, MAKING, check)


def _asked(task: str, data: bytes, limits: Limits, check: Check = is_wanted) -> list[Rendered]:
    allowed = replace(limits, seconds=min(limits.seconds, settings.LONGEST_TIMES.decoder))
    request = {"task": task, "size": len(data), "limits": asdict(allowed)}
    whole = json.dumps(request).encode() + b"\n" + data
    with _one_of_a_few(allowed.seconds):
        check()
        code, answer = _answered(whole, check, allowed.seconds + GRACE)
    if code in ERRORS_BY_CODE:
        raise ERRORS_BY_CODE[code](answer.decode(errors="replace"))
    try:
        return list(_pictures(answer))
    except (struct.error, IndexError) as error:
        raise PictureBroken("the decoder crashed: its answer is invalid") from error


@contextmanager
def _one_of_a_few(seconds: float) -> Iterator[None]:
    """Wait until fewer than `AT_ONCE` are decoded. Raises `DecoderLost` after `seconds`."""
    if not _at_once.acquire(timeout=seconds):
        raise DecoderLost(f"all {AT_ONCE} decoders were busy for {seconds:g} s; please try again")
    try:
        yield
    finally:
        _at_once.release()


def _answered(request: bytes, check: Check, seconds: float) -> tuple[int, bytes]:
    while True:
        decoder = _idle_or_new()
        try:
            answer = exchange(decoder, request, check, seconds=seconds)
        except TimeoutError as error:
            _kill(decoder)
            raise DecoderLost(f"the decoder has not answered for {seconds:g} s") from error
        except (OSError, EOFError) as error:
            if (code := _end(decoder)) != 0:
                raise DecoderLost(_reason(code)) from error
            continue  # Its idle time was over, and it has just ended: ask another one.
        except BaseException:
            _end(decoder)
            raise
        _idle.append(decoder)
        return answer


def _reason(code: int) -> str:
    if code == NO_PILLOW:
        return (
            f"the decoder cannot import Pillow: install requirements/base.txt for {sys.executable}"
        )
    return f"the decoder ended with {code}"


def _end(decoder: "subprocess.Popen[bytes]") -> int:
    """Close its input, so that it ends its child and itself; return its exit code."""
    assert decoder.stdin
    decoder.stdin.close()
    try:
        return decoder.wait(GRACE)
    except subprocess.TimeoutExpired:
        _kill(decoder)
        return decoder.wait()


def _kill(decoder: "subprocess.Popen[bytes]") -> None:
    """End it together with its child, also if one of them is stopped."""
    with suppress(ProcessLookupError):
        os.killpg(decoder.pid, signal.SIGKILL)


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
        env=_environment() | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        process_group=0,  # Of the decoder and its child: `_kill` ends both.
    )


def _environment() -> dict[str, str]:
    return _ENVIRONMENT | {name: os.environ[name] for name in _LIBRARIES if name in os.environ}


def _pictures(answer: bytes) -> Iterator[Rendered]:
    """Read only numbers, bytes and one of four formats: a captured child may send anything."""
    file = BytesIO(answer)
    while head := file.read(PICTURE.size):
        format, width, height, size = PICTURE.unpack(head)
        yield Rendered(format=FORMATS[format], width=width, height=height, data=file.read(size))
