"""Judging: one attempt at a message, whatever broker brought it, and what becomes of it then.

A handler ends in three ways: it returns (done), the message is unreadable (a dead letter), or
anything else is raised: later again, and after so many failures a dead letter. It is blamed for
nothing where the database is busy or away, or another worker has the message by then.
"""

import logging
import random
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from apps.messaging import hooks
from apps.messaging.errors import MessageUnreadable
from apps.messaging.handling import attempts, dead_letters
from apps.messaging.handling.attempts import REFUSED
from apps.messaging.handling.database import DatabaseAway, busy_delay, is_busy
from apps.messaging.handling.verdicts import Ack, NotOurs, Reject, Retry, Verdict
from apps.messaging.hooks.tracing import following

logger = logging.getLogger(__name__)


class Arrived(Protocol):
    """A message that is here for `consumer`: a delivery of a stream's, or a job of a queue's."""

    @property
    def transport(self) -> str: ...
    @property
    def consumer(self) -> str: ...
    @property
    def destination(self) -> str: ...
    @property
    def message_id(self) -> str: ...
    @property
    def identity(self) -> str: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> bytes | str: ...
    @property
    def attempt(self) -> int: ...
    @property
    def log_fields(self) -> dict[str, Any]: ...


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How often a message is tried, and what happens at each failure and at the last."""

    max_failures: int
    delay: Callable[[int], float]
    """How many have failed → seconds until the next attempt."""
    failed: str
    """The hook that is reached at a failure after which it is tried again."""
    is_lost: Callable[[], bool] = lambda: False
    """Whether another worker has the message by now, and judges it."""
    may_end: Callable[[], bool] = lambda: True
    """Asked after so many failures: whether they were long enough for an outage to have ended."""
    when_dead: Callable[[str], object] | None = None
    """Called with the reason, as the sender of the message may see it."""


def judge(message: Arrived, handle: Callable[[], object], rules: Rules) -> Verdict:
    """Handle it once, and say what becomes of it. Raises `DatabaseAway`, and nothing else."""
    with following(message.headers.get("traceparent", "")):
        try:
            _handle(message, handle, rules)
        except MessageUnreadable as error:
            return _dead(message, rules, error, told=str(error))
        except Exception as error:  # The one place where a handler may fail in any way.
            if rules.is_lost():
                logger.warning("job stopped", extra=_known(message) | {"attempt": message.attempt})
                return NotOurs()
            if is_busy(error):
                return _later_without_blame(message, error)
            return _later_or_dead(message, rules, error)
        return Ack()


def _handle(message: Arrived, handle: Callable[[], object], rules: Rules) -> None:
    """Handle it; one that comes again may have killed its worker, so that is watched."""
    if message.attempt == 1:
        handle()
        return
    known = who(message)
    if reason := attempts.ended_its_process(**known, times=rules.max_failures):
        raise MessageUnreadable(reason)
    with attempts.crash_marked(**known):
        handle()


def _later_without_blame(message: Arrived, error: Exception) -> Verdict:
    """Others hold what it needs: no fault of the message's, so nothing is counted."""
    delay = busy_delay(message.attempt)
    told = _known(message) | {"delay": delay, "error": str(error)}
    logger.warning("rows are busy, will try again", extra=told)
    return Retry(delay)


def _later_or_dead(message: Arrived, rules: Rules, error: Exception) -> Verdict:
    """Record the failure, so that attempts are counted by what the handler did, not by crashes."""
    known = who(message)
    try:
        attempts.record(**known, error=error)
        failures = attempts.count(**known)
        is_last = failures >= rules.max_failures and rules.may_end()
    except REFUSED as away:
        raise DatabaseAway from away
    if is_last:
        return _dead(message, rules, error, told=f"given up after {failures} tries")
    delay = rules.delay(failures)
    hooks.reached(rules.failed, message, error=_named(error), delay=round(delay, 1))
    told = _known(message) | {"attempt": failures, "delay": round(delay, 1)}
    logger.error("handler failed, will retry", exc_info=error, extra=told)
    return Retry(delay, failure=type(error).__name__)


def _dead(message: Arrived, rules: Rules, error: Exception, *, told: str) -> Verdict:
    """Keep the whole reason for us; `told` is what the sender of the message may see."""
    try:
        dead_letters.bury(
            transport=message.transport,
            consumer=message.consumer,
            message_id=message.message_id,
            destination=message.destination,
            reason=str(error) if isinstance(error, MessageUnreadable) else _named(error),
            body=message.body,
            headers=message.headers,
            attempts=attempts.count(**who(message)) or 1,
            traceback="".join(traceback.format_exception(error)),
        )
        if rules.when_dead:
            rules.when_dead(told)
    except REFUSED as away:
        raise DatabaseAway from away
    return Reject()


def jittered(seconds: float) -> float:
    """Return it, a fifth of it at random either way, so that what failed together parts."""
    return seconds * random.uniform(0.8, 1.2)


def who(message: Arrived) -> dict[str, str]:
    """Return by what its attempts are counted, as arguments of `attempts`."""
    return {
        "consumer": message.consumer,
        "message_id": message.message_id,
        "identity": message.identity,
    }


def _known(message: Arrived) -> dict[str, Any]:
    return {"message_id": message.message_id, **message.log_fields}


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
