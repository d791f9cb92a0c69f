"""One attempt at a message of any broker, and the verdict on it.

A handler ends in three ways. It returns: the message is done. It raises `MessageUnreadable`: the
message is a dead letter. It raises another error: the message is retried, and after some failures
it is a dead letter. An attempt does not count as a failure if the database was away, or busy (but
not for ever), or if another worker has the message by then.
"""

import logging
import random
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from apps.messaging.backoff import backoff
from apps.messaging.errors import MessageUnreadable
from apps.messaging.handling import attempts, dead_letters
from apps.messaging.handling.database import busy_delay, is_busy, needing_writes, was_idle
from apps.messaging.handling.dead_letters import Arrived
from apps.messaging.handling.verdicts import Reject, Retry, Verdict
from apps.messaging.message import is_ours
from apps.messaging.message_at import MessageAt

logger = logging.getLogger(__name__)

FREE_BUSY_ATTEMPTS = 60
"""So many deliveries may meet a busy database, for about half an hour. After that each counts as a
failure: the next attempt would meet the same lock or deadlock."""


class Attempt(Arrived, Protocol):
    """An arrived message, with the number of the attempt at it that is made now."""

    @property
    def identity(self) -> str: ...
    @property
    def attempt(self) -> int: ...
    @property
    def log_fields(self) -> dict[str, Any]: ...
    def reached(self, point: str, **attributes: object) -> None: ...


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """How often and when a message is tried again; times in seconds.

    The delay doubles after each failure, from `first_delay` to `longest_delay`. A message that has
    failed `max_failures` times is given up, but not within `at_least` seconds of its first failure:
    an outage may last as long. `hook` is reached at each failure that is retried.
    """

    max_failures: int
    first_delay: float
    longest_delay: float
    hook: str
    at_least: float = 0.0


@contextmanager
def detecting_poison(message: Attempt, *, max_failures: int) -> Iterator[None]:
    """Store a crash marker of a redelivered message while the block handles it.

    The message may have killed its worker.
    Raises `MessageUnreadable` if it has ended its process `max_failures` times.
    """
    if message.attempt == 1:
        yield
        return
    counted = message_at(message)
    if reason := attempts.ended_its_process(counted, times=max_failures):
        raise MessageUnreadable(reason)
    with attempts.crash_marked(counted):
        yield


def verdict_of(error: Exception, message: Attempt, policy: RetryPolicy) -> Verdict:
    """Return the verdict of an attempt that ended in this error. Raises only `DatabaseAway`."""
    if isinstance(error, MessageUnreadable):
        return _dead(message, error, public_reason=str(error))
    if is_busy(error) and message.attempt <= FREE_BUSY_ATTEMPTS:
        return _later_without_blame(message, error)
    return _later_or_dead(message, policy, error)


def _later_without_blame(message: Attempt, error: Exception) -> Verdict:
    """Retry without a count: rows are locked by others, or the transaction was idle for too long.

    Neither is the message's fault: an idle transaction may be that of a process that was paused.
    """
    delay = busy_delay(message.attempt)
    extra = _fields(message) | {"delay": delay, "error": str(error)}
    what = "transaction was idle for too long" if was_idle(error) else "rows are busy"
    logger.warning(f"{what}, will try again", extra=extra)
    return Retry(delay)


def _later_or_dead(message: Attempt, policy: RetryPolicy, error: Exception) -> Verdict:
    """Record the failure, so that failures of the handler are counted, and not crashes."""
    counted = message_at(message)
    with needing_writes():
        attempts.record(counted, error)
        failures = attempts.count(counted)
        is_last = failures >= policy.max_failures and (
            not policy.at_least or attempts.began_before(counted, seconds=policy.at_least)
        )
    if is_last:
        return _dead(message, error, public_reason=f"given up after {failures} tries")
    delay = retry_delay(failures, first=policy.first_delay, longest=policy.longest_delay)
    message.reached(policy.hook, error=_named(error), delay=round(delay, 1))
    extra = _fields(message) | {"failures": failures, "delay": round(delay, 1)}
    logger.error("handler failed, will retry", exc_info=error, extra=extra)
    return Retry(delay, failure=type(error).__name__)


def _dead(message: Attempt, error: Exception, *, public_reason: str) -> Verdict:
    """Store the full reason for staff; the sender of the message may see `public_reason`."""
    with needing_writes():
        dead_letters.bury(
            message,
            reason=str(error) if isinstance(error, MessageUnreadable) else _named(error),
            attempts=attempts.count(message_at(message)) or 1,
            traceback="".join(traceback.format_exception(error)),
        )
    # What a stranger sends says nothing about the messages of others.
    failure = type(error).__name__ if is_ours(message.headers) else ""
    return Reject(public_reason, failure=failure)


def retry_delay(failures: int, *, first: float, longest: float) -> float:
    """Return the delay in seconds: it doubles after each failure, and is random by a fifth.

    So messages that failed together are not retried together.
    """
    return backoff(failures, first=first, longest=longest) * random.uniform(0.8, 1.2)


def message_at(message: Attempt) -> MessageAt:
    """Return the message as `attempts` counts it; this makes its digest, at each call."""
    return MessageAt(message.consumer, message.message_id, message.identity)


def _fields(message: Attempt) -> dict[str, Any]:
    return {"message_id": message.message_id, **message.log_fields}


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
