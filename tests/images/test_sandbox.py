"""The process that decodes pictures: its limits, and how it ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from apps.images import pictures, sandbox
from apps.images.answers import MB, Limits
from apps.images.errors import DecoderLost, PictureBroken
from apps.messaging.errors import LeaseLost
from apps.messaging.worker.threads import begin_in_thread
from tests.images import hostile_decoder
from tests.images.drawn import draw, encode
from tests.support.processes import ROOT
from tests.support.silent import stop
from tests.support.waiting import eventually

WITHIN = 15.0
"""Seconds for an answer or an error, below any limit that ends a test."""
STRICT = Limits(memory=256 * MB, cpu_seconds=5, seconds=60, answer=2 * MB)
"""A second of CPU may take many on a busy machine."""


@pytest.fixture(autouse=True)
def hostile(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    use_decoder(monkeypatch, idle_seconds=10)
    yield
    sandbox._idle.clear()  # Without us, they end.


def use_decoder(monkeypatch: pytest.MonkeyPatch, *, idle_seconds: float) -> None:
    monkeypatch.setattr(sandbox, "_start", partial(hostile_decoder.start, idle_seconds))
    monkeypatch.setattr(sandbox, "_idle", [])


def ask(what: str, limits: Limits = STRICT) -> str:
    """Let a child do this; return the reason that the parent gets."""
    with pytest.raises(PictureBroken) as refused:
        sandbox._asked(what, b"", limits)
    return str(refused.value)


@pytest.mark.parametrize(
    ("what", "limits", "reason"),
    [
        ("raise", STRICT, "the decoder crashed: ZeroDivisionError"),
        ("crash", STRICT, "the decoder crashed: SIGSEGV"),
        ("fill the memory", STRICT, "decoding ran out of memory, 256 MB"),
        ("spin", replace(STRICT, cpu_seconds=1), "decoding took longer than 1 s"),
        ("flood", STRICT, "takes more than 2 MB"),
        ("open a file", STRICT, "Too many open files"),
        ("connect", STRICT, "Too many open files"),
        ("answer with an unknown format", STRICT, "its answer is invalid"),
    ],
)
def test_a_failed_decoding_has_a_reason_and_the_next_works(
    what: str, limits: Limits, reason: str
) -> None:
    decoder = ask("show the parent")
    assert reason in ask(what, limits)
    assert sandbox.preview(encode(draw())).width == 64
    assert ask("show the parent") == decoder, "only the child was lost"


def test_a_child_starts_no_process() -> None:
    assert "Resource temporarily unavailable" in ask("start a process")


@pytest.mark.parametrize("what", ["be killed", "kill the decoder"])
def test_a_killed_decoder_does_not_blame_the_picture(what: str) -> None:
    with pytest.raises(DecoderLost):
        sandbox._asked(what, b"", STRICT)
    assert sandbox.preview(encode(draw())).width == 64


def test_the_decoder_does_not_inherit_the_environment() -> None:
    assert "PATH" in os.environ
    # Python adds the last one itself.
    assert ask("show the environment") == "['GLIBC_TUNABLES', 'LC_CTYPE']"


def test_the_decoder_finds_the_library_of_its_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interpreter that is built with a shared library may be found by this variable alone."""
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/python/lib")
    monkeypatch.setenv("SECRET_KEY", "not for a decoder")
    shown = ask("show the environment")
    assert "'LD_LIBRARY_PATH'" in shown
    assert "SECRET" not in shown


def test_an_idle_decoder_ends_and_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use_decoder(monkeypatch, idle_seconds=0.1)
    sandbox.preview(encode(draw()))
    (first,) = sandbox._idle
    eventually(lambda: first.poll() == 0)
    assert sandbox.preview(encode(draw())).width == 64


def test_a_decoder_that_ends_when_asked_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use_decoder(monkeypatch, idle_seconds=0.1)
    sandbox.preview(encode(draw()))
    (first,) = sandbox._idle
    first.wait()
    monkeypatch.setattr(first, "poll", lambda: None)  # So it had seemed a moment before.
    assert sandbox.preview(encode(draw())).width == 64


def test_the_decoder_survives_the_signals_that_stop_its_worker() -> None:
    decoder = ask("show the parent")
    for each in (signal.SIGTERM, signal.SIGINT):
        os.kill(int(decoder), each)
    assert ask("show the parent") == decoder


@pytest.mark.parametrize("doing", ["nothing", "hang"])
def test_a_decoder_ends_when_its_worker_is_killed(doing: str) -> None:
    program = f"""if True:
        import threading
        from apps.images import sandbox
        from tests.images import hostile_decoder
        decoder = hostile_decoder.start()
        print(decoder.pid, flush=True)
        if "{doing}" == "hang":
            sandbox._idle.append(decoder)
            sandbox._asked("hang", b"", sandbox.LOOKING)
        decoder.wait()
    """
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "orders_site.settings", "DEMO": "true"}
    worker = subprocess.Popen(
        [sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE
    )
    assert worker.stdout
    decoder = int(worker.stdout.readline())
    if doing == "hang":
        eventually(lambda: children(decoder))
    assert is_running(decoder)
    worker.kill()
    worker.communicate()
    eventually(lambda: not is_running(decoder), within=5)


def test_decoding_ends_when_the_picture_is_no_longer_wanted() -> None:
    decoder = int(ask("show the parent"))
    child: list[int] = []

    def check() -> None:
        child.extend(children(decoder))
        if child:
            raise LeaseLost

    with pytest.raises(LeaseLost):
        sandbox._asked("hang", b"", STRICT, check)
    eventually(lambda: not is_running(child[0]), within=2, what="the child is gone")
    eventually(lambda: not is_running(decoder), within=2, what="and the decoder")
    assert sandbox.preview(encode(draw())).width == 64


@pytest.mark.parametrize("size", [0, MB], ids=["nothing", "more than a pipe holds"])
def test_a_stopped_decoder_is_killed_after_its_time(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(sandbox, "GRACE", 0.5)
    stopped = int(ask("show the parent"))
    stop(stopped)
    limits = replace(STRICT, seconds=1)
    asked = begin_in_thread(lambda: sandbox._asked("show the parent", bytes(size), limits))
    with pytest.raises(DecoderLost, match=r"has not answered for 1\.5 s"):
        asked.result(WITHIN)
    eventually(lambda: not is_running(stopped), within=2)
    assert sandbox.preview(encode(draw())).width == 64


def test_a_decoder_stopped_with_its_child_is_killed_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sandbox, "GRACE", 0.5)
    stopped = int(ask("show the parent"))
    asked = begin_in_thread(lambda: sandbox._asked("hang", b"", replace(STRICT, seconds=2)))
    eventually(lambda: children(stopped))
    (child,) = children(stopped)
    for each in (stopped, child):
        stop(each)
    with pytest.raises(DecoderLost):
        asked.result(WITHIN)
    eventually(lambda: not is_running(stopped) and not is_running(child), within=2)


def test_a_decoder_that_stood_still_does_not_blame_the_picture() -> None:
    """A child that sleeps is to its decoder what one of a paused container is."""
    decoder = ask("show the parent")
    with pytest.raises(DecoderLost, match="stood still for 1 s"):
        sandbox._asked("hang", b"", replace(STRICT, seconds=1))
    assert ask("show the parent") == decoder, "only the child was lost"


def test_the_wait_for_a_free_decoder_is_limited() -> None:
    def hang() -> None:
        with pytest.raises(DecoderLost, match="stood still for 12 s"):
            sandbox._asked("hang", b"", replace(STRICT, seconds=12))

    others = [begin_in_thread(hang) for _ in range(4)]
    eventually(lambda: sandbox._at_once._value == 0, what="all are asked")
    late = begin_in_thread(lambda: sandbox._asked("raise", b"", replace(STRICT, seconds=0.5)))
    with pytest.raises(DecoderLost, match=r"all 4 decoders were busy for 0\.5 s"):
        late.result(WITHIN)
    for other in others:
        other.result(2 * WITHIN)
    assert sandbox.preview(encode(draw())).width == 64


def is_running(pid: int) -> bool:
    command = ["ps", "-o", "stat=", "-p", str(pid)]
    state = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return bool(state) and not state.startswith("Z")


def children(pid: int) -> list[int]:
    found = subprocess.run(
        ["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return [int(child) for child in found.split()]


def test_concurrent_pictures_are_not_mixed_up() -> None:
    given = [encode(draw(40 + 8 * number, 40)) for number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(sandbox.renditions, given))
    assert made == [pictures.renditions(each) for each in given]
    assert len(sandbox._idle) <= 4


def test_the_decoder_finds_pillow_where_its_parent_does() -> None:
    """In an interpreter without packages, which finds them by PYTHONPATH."""
    code = "import io; from PIL import Image; from apps.images import sandbox; f = io.BytesIO(); "
    code += "Image.new('RGB', (8, 6)).save(f, 'PNG'); print(sandbox.inspect(f.getvalue()).width)"
    environment = {"DJANGO_SETTINGS_MODULE": "orders_site.settings", "DEMO": "true"}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), *sys.path]))
    asked = subprocess.run(
        [str(Path(sys.executable).resolve()), "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (asked.returncode, asked.stdout) == (0, "8\n"), asked.stderr
