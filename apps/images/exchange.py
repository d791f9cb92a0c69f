"""One question to a decoder process: written, and answered, within a deadline.

Neither a write nor a read blocks: a decoder that is stopped would hold the asking thread for ever.
"""

import os
import subprocess
import time
from collections.abc import Callable
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector

from apps.images.answers import ANSWER, MB

CHECK_EVERY_SECONDS = 0.2
type Check = Callable[[], None]
"""Called about every `CHECK_EVERY_SECONDS`; it raises its own error once the job must stop."""


def exchange(
    decoder: "subprocess.Popen[bytes]", request: bytes, check: Check, *, seconds: float
) -> tuple[int, bytes]:
    """Return the decoder's code and its answer.

    Raises `TimeoutError` at the end of the time, another `OSError` or `EOFError` if the decoder
    ends, and the errors of `check`.
    """
    assert decoder.stdin
    assert decoder.stdout
    deadline = time.monotonic() + seconds
    unwritten, answer = memoryview(request), bytearray()
    with DefaultSelector() as selector:
        for pipe, event in ((decoder.stdin, EVENT_WRITE), (decoder.stdout, EVENT_READ)):
            os.set_blocking(pipe.fileno(), False)
            selector.register(pipe, event)
        while not _is_whole(answer):
            if (left := deadline - time.monotonic()) <= 0:
                raise TimeoutError
            ready = {key.fileobj for key, _ in selector.select(min(CHECK_EVERY_SECONDS, left))}
            if not ready:
                check()
            if decoder.stdin in ready:
                unwritten = unwritten[os.write(decoder.stdin.fileno(), unwritten) :]
                if not unwritten:
                    selector.unregister(decoder.stdin)
            if decoder.stdout in ready:
                answer += _read(decoder.stdout.fileno())
    code, size = ANSWER.unpack_from(answer)
    return code, bytes(answer[ANSWER.size : ANSWER.size + size])


def _is_whole(answer: bytearray) -> bool:
    if len(answer) < ANSWER.size:
        return False
    _, size = ANSWER.unpack_from(answer)
    return len(answer) - ANSWER.size >= int(size)


def _read(pipe: int) -> bytes:
    if part := os.read(pipe, MB):
        return part
    raise EOFError
