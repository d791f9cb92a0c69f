"""Faults that can be injected at a hook.

The variable `FAILPOINTS` sets them for one process; only the demo and the tests obey it:

    FAILPOINTS="relay.published=exit:after=3,consumer.fetched=delay:seconds=12:count=1"
"""

import logging
import math
import os
import random
import threading
import time
from dataclasses import dataclass, field
from time import monotonic

from django.core.exceptions import ImproperlyConfigured

from apps.messaging import hooks
from apps.messaging.errors import MessageUnreadable

logger = logging.getLogger(__name__)

ACTIONS = {
    "exit": "the process ends, as by SIGKILL",
    "raise": "the step fails",
    "corrupt": "the message is unreadable",
    "delay": "the step takes longer",
    "skip": "the next step is left out",
}
FORMER_NAMES = {"drop": "skip"}
"""Accepted in `FAILPOINTS` and by `manage.py fault`; a fault that is on may have one too."""
QUIET_SECONDS = 5.0
"""Seconds after which a fault that strikes again is logged at once."""
LOG_AGAIN_AFTER_SECONDS = 60.0
"""Seconds between two log lines of a fault that strikes continuously."""
EXIT_CODE = 70
"""Exit code of a process that an injected fault ended, to distinguish it from a real crash."""


class BrokenOnPurpose(Exception):
    """An injected fault raises it at a hook."""


class Strikes:
    """Counts how often each fault strikes; a fault that strikes each second is logged rarely."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._unlogged: dict[tuple[str, str], int] = {}
        self._logged_at: dict[tuple[str, str], float] = {}
        self._struck_at: dict[tuple[str, str], float] = {}

    def count(self, point: str, action: str, *, now: float) -> int:
        """Return how many strikes to log at `now`, in seconds; 0 if it is too early to log."""
        fault = point, action
        with self._lock:
            self._unlogged[fault] = self._unlogged.get(fault, 0) + 1
            is_first = now - self._struck_at.get(fault, -math.inf) > QUIET_SECONDS
            self._struck_at[fault] = now
            if not is_first and now - self._logged_at[fault] < LOG_AGAIN_AFTER_SECONDS:
                return 0
            self._logged_at[fault] = now
            return self._unlogged.pop(fault)


_strikes = Strikes()


def strike(point: str, action: str, *, seconds: float = 1.0) -> bool:
    """Inject the fault; `seconds` is the length of a delay. Return true to skip the next step.

    Raises `BrokenOnPurpose` for `raise`, `MessageUnreadable` for `corrupt`; `exit` never returns.
    """
    if times := _strikes.count(point, action, now=monotonic()):
        extra = {"point": point, "action": action, "times": times}
        logger.warning("broken on purpose", extra=extra)
    match action:
        case "exit":
            os._exit(EXIT_CODE)  # Like a SIGKILL: without a clean-up and without a log line.
        case "raise":
            raise BrokenOnPurpose(point)
        case "corrupt":
            raise MessageUnreadable(f"broken on purpose at {point}")
        case "delay":
            time.sleep(seconds)
    return name_of(action) == "skip"


def name_of(action: str) -> str:
    """Return the present name of an action."""
    return FORMER_NAMES.get(action, action)


def check_action(point: str, action: str) -> None:
    """Raise `ImproperlyConfigured` if the action does not exist, or not at this point."""
    hooks.check_point(point)
    if action not in ACTIONS:
        raise ImproperlyConfigured(f"{point}={action}: do one of {', '.join(ACTIONS)}")
    if action == "skip" and point not in hooks.SKIPPABLE:
        able = ", ".join(hooks.SKIPPABLE)
        raise ImproperlyConfigured(f"nothing can be skipped at {point}, only at {able}")


@dataclass(kw_only=True)
class ArmedFault:
    """A fault of `FAILPOINTS` at one point: an action, and when it strikes.

    It ignores the first `after` messages, then strikes with probability `rate`, at most `count`
    times.
    """

    point: str
    action: str
    after: int = 0
    count: int | None = None
    rate: float = 1.0
    seconds: float = 1.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __call__(self) -> bool:
        return self._strikes() and strike(self.point, self.action, seconds=self.seconds)

    def _strikes(self) -> bool:
        with self._lock:
            self.after -= 1
            if self.after >= 0 or self.count == 0 or random.random() >= self.rate:
                return False
            if self.count is not None:
                self.count -= 1
            return True


def arm(text: str) -> None:
    """Attach the faults of `FAILPOINTS`. Raises `ImproperlyConfigured` if it is invalid."""
    for part in filter(None, (each.strip() for each in text.split(","))):
        point, _, action = part.partition("=")
        hooks.attach(point, _read_fault(point, action))


def _read_fault(point: str, text: str) -> ArmedFault:
    former, *options = text.split(":")
    action = name_of(former)
    check_action(point, action)
    given = dict(option.partition("=")[::2] for option in options)
    kinds = {"after": int, "count": int, "rate": float, "seconds": float}
    try:
        return ArmedFault(
            point=point,
            action=action,
            **{name: kinds[name](value) for name, value in given.items()},
        )
    except (KeyError, ValueError) as error:
        raise ImproperlyConfigured(
            f"FAILPOINTS: {point}={text}: {error} is no option of it"
        ) from error
