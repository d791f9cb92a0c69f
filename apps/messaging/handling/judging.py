"""One attempt at a message of any broker, and the verdict on it.

A handler ends in three ways. It returns: the message is done. It raises `MessageUnreadable`: the
message is a dead letter. It raises another error: the message is retried, and after some failures
it is a dead letter. An attempt does not count as a failure if the database was busy or away, or if
another worker has the message by then.
"""

import logging
import random
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from apps.messaging import hooks
from apps.messaging.errors import MessageUnreadable
from apps.messaging.handling import attempts, dead_letters
from apps.messaging.handling.attempts import REFUSED
from apps.messaging.handling.database import DatabaseAway, busy_delay, is_busy
from apps.messaging.handling.dead_letters import Arrived
from apps.messaging.handling.verdicts import Ack, NotOurs, Reject, Retry, Verdict
from apps.messaging.hooks.tracing import following
from apps.messaging.message_at import MessageAt

logger = logging.getLogger(__name__)


class Attempt(Arrived, Protocol):
    """An arrived message, with the number of the attempt at it that is made now."""

    @property
    def identity(self) -> str: ...
    @property
    def attempt(self) -> int: ...
    @property
    def log_fields(self) -> dict[str, Any]: ...


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The limit of attempts, and the actions at each failure and at the last."""

    max_failures: int
    delay: Callable[[int], float]
    """The number of failures → seconds until the next attempt."""
    failed: str
    """The hook that is reached at a failure that is retried."""
    is_lost: Callable[[], bool] = lambda: False
    """Whether another worker has the message by now, and judges it."""
    may_end: Callable[[], bool] = lambda: True
    """Called at the last failure: whether the attempts took longer than an outage would."""
    when_dead: Callable[[str], object] | None = None
    """Called with the reason, as the sender of the message may see it."""


def judge(message: Attempt, handle: Callable[[], object], rules: Rules) -> Verdict:
    """Handle the message once, and return the verdict. Raises only `DatabaseAway`."""
    with following(message.headers.get("traceparent", "")):
        try:
            _handle(message, handle, rules)
        except MessageUnreadable as error:
            return _dead(message, rules, error, public_reason=str(error))
        except Exception as error:  # The one place where a handler may fail in any way.
            if rules.is_lost():
                logger.warning("job stopped", extra=_known(message) | {"attempt": message.attempt})
                return NotOurs()
            if is_busy(error):
                return _later_without_blame(message, error)
            return _later_or_dead(message, rules, error)
        return Ack()


def _handle(message: Attempt, handle: Callable[[], object], rules: Rules) -> None:
    """Handle the message; mark a redelivered one, which may have killed its worker before."""
    if message.attempt == 1:
        handle()
        return
    known = who(message)
    if reason := attempts.ended_its_process(known, times=rules.max_failures):
        raise MessageUnreadable(reason)
    with attempts.crash_marked(known):
        handle()


def _later_without_blame(message: Attempt, error: Exception) -> Verdict:
    """Retry without a count: the rows are locked by others, which is not the message's fault."""
    delay = busy_delay(message.attempt)
    extra = _known(message) | {"delay": delay, "error": str(error)}
    logger.warning("rows are busy, will try again", extra=extra)
    return Retry(delay)


def _later_or_dead(message: Attempt, rules: Rules, error: Exception) -> Verdict:
    """Record the failure, so that failures of the handler are counted, and not crashes."""
    known = who(message)
    try:
        attempts.record(known, error)
        failures = attempts.count(known)
        is_last = failures >= rules.max_failures and rules.may_end()
    except REFUSED as away:
        raise DatabaseAway from away
    if is_last:
        return _dead(message, rules, error, public_reason=f"given up after {failures} tries")
    delay = rules.delay(failures)
    hooks.reached(rules.failed, message, error=_named(error), delay=round(delay, 1))
    extra = _known(message) | {"attempt": failures, "delay": round(delay, 1)}
    logger.error("handler failed, will retry", exc_info=error, extra=extra)
    return Retry(delay, failure=type(error).__name__)


def _dead(message: Attempt, rules: Rules, error: Exception, *, public_reason: str) -> Verdict:
    """Store the full reason for staff; the sender of the message may see `public_reason`."""
    try:
        dead_letters.bury(
            message,
            reason=str(error) if isinstance(error, MessageUnreadable) else _named(error),
            attempts=attempts.count(who(message)) or 1,
            traceback="".join(traceback.format_exception(error)),
        )
        if rules.when_dead:
            rules.when_dead(public_reason)
    except REFUSED as away:
        raise DatabaseAway from away
    return Reject()


def jittered(seconds: float) -> float:
    """Return the delay, changed at random by up to a fifth, so that retries spread out."""
    return seconds * random.uniform(0.8, 1.2)


def who(message: Attempt) -> MessageAt:
    """Return the fields by which its attempts are counted, as arguments of `attempts`."""
    return MessageAt(message.consumer, message.message_id, message.identity)


def _known(message: Attempt) -> dict[str, Any]:
    return {"message_id": message.message_id, **message.log_fields}


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
