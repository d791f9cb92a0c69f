"""Asks the supervisor of the demo, over a socket that only processes of the same user can use."""

import json
import socket
from collections import Counter
from contextlib import suppress

from django.conf import settings

from apps.lab.polling import until
from apps.messaging.errors import MessageUnreadable
from apps.messaging.message import Payload

ANSWERS_WITHIN = 5.0
"""Seconds; it answers within milliseconds, unless it is paused itself or the machine is busy."""
SIGNALS = ("pause", "continue", "kill")
"""Acts that the supervisor has done when it hears of their effect from the kernel."""
SETTLES_WITHIN = 1.0
"""Seconds in which it does."""
LONGEST_ANSWER = 64 * 1024
"""Bytes."""


class SupervisorAway(Exception):
    """The supervisor does not answer; the text says why."""


class NoSupervisor(SupervisorAway):
    """There is none here, as in compose."""


class ActNotPossible(Exception):
    """The supervisor has done nothing; the text says why, and what to do."""


class WorkerProcess(Payload):
    """An instance of a worker as the supervisor knows it; `died_at` is Unix time, 0 for never."""

    worker: str
    instance: int
    state: str
    possible: tuple[str, ...]
    pid: int | None
    most: int
    leaves: bool
    died_at: float
    exit_code: int | None


class SupervisorAnswer(Payload):
    """Every instance of every worker, and why nothing was done, if so."""

    error: str
    workers: tuple[WorkerProcess, ...]


def look() -> tuple[WorkerProcess, ...]:
    """Return the instances of all workers, also those that are stopped. Raises `SupervisorAway`."""
    return _ask("look").workers


def act(act: str, worker: str, instance: int) -> None:
    """Stop, pause, continue, kill or start it; return when the effect is seen.

    Raises `SupervisorAway` and `ActNotPossible`.
    """
    before = _states()
    _do(act, worker=worker, instance=instance)
    if act in SIGNALS:
        until(lambda: _states() != before, within=SETTLES_WITHIN)


def scale(worker: str, count: int) -> None:
    """Start or stop instances. Raises `SupervisorAway` and `ActNotPossible`."""
    _do("scale", worker=worker, count=count)


def restore() -> None:
    """Have as many instances run as at the start. Raises `SupervisorAway`."""
    _do("restore")


def expected() -> dict[str, int]:
    """Return how many instances of each worker there shall be; those of the start without it."""
    wanted: dict[str, int] = dict(settings.WORKERS)
    with suppress(SupervisorAway):
        wanted |= Counter(each.worker for each in look() if not each.leaves)
    return wanted


def _do(act: str, **asked: str | int) -> None:
    if error := _ask(act, **asked).error:
        raise ActNotPossible(error)


def _states() -> list[tuple[str, str, int | None]]:
    return [(each.worker, each.state, each.pid) for each in look()]


def _ask(act: str, **asked: str | int) -> SupervisorAnswer:
    line = json.dumps({"act": act, **asked}).encode() + b"\n"
    with socket.socket(socket.AF_UNIX) as channel:
        channel.settimeout(ANSWERS_WITHIN)
        try:
            channel.connect(str(settings.SUPERVISOR_SOCKET))
            channel.sendall(line)
            body = _whole_answer(channel)
        except (FileNotFoundError, ConnectionRefusedError):
            raise NoSupervisor("no supervisor runs here") from None
        except OSError as error:
            raise SupervisorAway(f"the supervisor does not answer ({error})") from error
    try:
        return SupervisorAnswer.read(body)
    except MessageUnreadable as error:
        raise SupervisorAway(f"the supervisor's answer is {error}") from error


def _whole_answer(channel: socket.socket) -> bytes:
    body = b""
    while len(body) < LONGEST_ANSWER and (piece := channel.recv(LONGEST_ANSWER)):
        body += piece
    return body
