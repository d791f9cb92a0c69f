"""The one seam for faults: named points on the way of a message, at which it can be broken.

Nothing is plugged in by default, and a point costs a look at an empty dictionary. A test plugs in
a function; a process of its own is told by `SEAMS`, which means something in the demo alone:

    SEAMS="relay.published=exit:after=3,consumer.fetched=delay:seconds=12:count=1"
"""

import logging
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.core.exceptions import ImproperlyConfigured

logger = logging.getLogger(__name__)

POINTS = {
    "order.priced": "the prices are known, nothing is stored",
    "outbox.recorded": "a message is recorded, its transaction is open",
    "relay.claimed": "rows are leased, nothing is published",
    "relay.published": "the broker has said yes, nothing is marked as sent",
    "relay.marked": "all is marked as sent",
    "consumer.fetched": "an event is here, nothing was done",
    "consumer.handled": "the effect is written, its transaction is open",
    "consumer.committed": "the effect is committed, the event is not acknowledged",
    "job.received": "a job is here, nothing was done",
    "job.handled": "a job is done, and not deleted",
    "job.deleting": "a batch of done jobs is about to be deleted",
    "job.heartbeat": "the jobs in hand are about to be hidden for longer",
    "mail.due": "a mail is committed as due, no task is enqueued",
    "mail.claimed": "a task has the mail to itself, nothing is sent",
    "mail.sent": "the mail server has said yes, nothing is noted",
}
ACTIONS = ("exit", "raise", "delay", "drop")
EXIT_CODE = 70

type Act = Callable[[], object]
"""What happens at a point; what it returns says whether the next step is left out."""

_plugged: dict[str, Act] = {}


class BrokenOnPurpose(Exception):
    """Raised at a point of the seam by whoever plugged it in."""


def reach(point: str) -> bool:
    """Say that the process is here; true where the caller, if it can, leaves out its next step."""
    act = _plugged.get(point) if _plugged else None
    return act is not None and bool(act())


def plug(point: str, act: Act) -> None:
    """Let `act` be called each time the point is reached, in the thread that reaches it."""
    if point not in POINTS:
        raise ImproperlyConfigured(f"no point is called {point}; there are {', '.join(POINTS)}")
    _plugged[point] = act


def unplug(point: str = "") -> None:
    """Make one point harmless again, or all."""
    if point:
        _plugged.pop(point, None)
    else:
        _plugged.clear()


@contextmanager
def plugged(point: str, act: Act) -> Iterator[None]:
    plug(point, act)
    try:
        yield
    finally:
        unplug(point)


def arm(text: str) -> None:
    """Plug in what `SEAMS` asks for. Raises `ImproperlyConfigured` where it cannot be read."""
    for part in filter(None, (each.strip() for each in text.split(","))):
        point, _, action = part.partition("=")
        plug(point, _read_fault(point, action))


@dataclass(kw_only=True)
class Fault:
    """What `SEAMS` asks for at one point: an action, and when it strikes.

    It lets the first `after` pass and strikes `count` times at most, each with probability `rate`.
    """

    point: str
    action: str
    after: int = 0
    count: int | None = None
    rate: float = 1.0
    seconds: float = 1.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __call__(self) -> bool:
        if not self._strikes():
            return False
        logger.warning("broken on purpose", extra={"point": self.point, "action": self.action})
        match self.action:
            case "exit":
                os._exit(EXIT_CODE)  # As a SIGKILL does: nothing is cleaned up or said.
            case "raise":
                raise BrokenOnPurpose(self.point)
            case "delay":
                time.sleep(self.seconds)
        return self.action == "drop"

    def _strikes(self) -> bool:
        with self._lock:
            self.after -= 1
            if self.after >= 0 or self.count == 0 or random.random() >= self.rate:
                return False
            if self.count is not None:
                self.count -= 1
            return True


def _read_fault(point: str, text: str) -> Fault:
    action, *options = text.split(":")
    if action not in ACTIONS:
        raise ImproperlyConfigured(f"SEAMS: {point}={text}: do one of {', '.join(ACTIONS)}")
    given = dict(option.partition("=")[::2] for option in options)
    kinds = {"after": int, "count": int, "rate": float, "seconds": float}
    try:
        return Fault(
            point=point,
            action=action,
            **{name: kinds[name](value) for name, value in given.items()},
        )
    except (KeyError, ValueError) as error:
        raise ImproperlyConfigured(f"SEAMS: {point}={text}: {error} is no option of it") from error
