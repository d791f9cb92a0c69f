"""One delivery of an event, without its broker: decode at the door, handle once, judge.

A handler ends in three ways: it returns (ack), the message is unreadable (a dead letter, term),
or anything else is raised: later again, and after six failures and an hour a dead letter.
"""

import logging
import random
import traceback
from datetime import timedelta

from django.conf import settings

from apps.messaging import attempts, dead_letters, hooks, inbox
from apps.messaging.attempts import REFUSED
from apps.messaging.database import DatabaseAway, busy_delay, is_busy
from apps.messaging.delivered import Delivery
from apps.messaging.errors import MessageUnreadable
from apps.messaging.models import DeadLetter
from apps.messaging.streams import Consumer
from apps.messaging.time_limits import at_most
from apps.messaging.tracing import following
from apps.messaging.verdicts import Done, Hopeless, Later, Verdict

logger = logging.getLogger(__name__)

MAX_FAILURES = 6
LONGEST_DELAY = timedelta(minutes=2)


def deliver(consumer: Consumer, delivery: Delivery) -> Verdict:
    """Handle one delivery and judge it. Raises `DatabaseAway`, and nothing else."""
    if not delivery.is_for(consumer):
        return Done()
    with following(delivery.headers.get("traceparent", "")):
        try:
            return _begin(consumer, delivery)
        except MessageUnreadable as error:
            return _bury(consumer, delivery, error)
        except Exception as error:  # The one place where a handler may fail in any way.
            if is_busy(error):
                return _try_again(consumer, delivery, error)
            return _retry_or_bury(consumer, delivery, error)


def _begin(consumer: Consumer, delivery: Delivery) -> Verdict:
    """Handle it; one that comes again may have killed its worker, so that is watched."""
    if delivery.attempt == 1:
        return _handle(consumer, delivery)
    known = {"consumer": consumer.durable, "message_id": delivery.message_id}
    if reason := attempts.ended_its_process(**known, times=MAX_FAILURES):
        raise MessageUnreadable(reason)
    with attempts.witnessed(**known):
        return _handle(consumer, delivery)


def _handle(consumer: Consumer, delivery: Delivery) -> Verdict:
    hooks.reached("consumer.fetched", delivery)
    envelope, event = delivery.read(consumer)

    def handler() -> None:
        # Only now does its time begin: what waits for the database is no handler that hangs.
        with at_most(
            consumer.longest_seconds or settings.LONGEST_TIMES.handler,
            delivery.subject,
            consumer=consumer.durable,
            message_id=delivery.message_id,
        ):
            consumer.handlers[type(event)](event)
            hooks.reached("consumer.handled", delivery)

    is_new = inbox.handle_once(
        consumer=consumer.durable,
        message_id=envelope.id,
        key=envelope.key,
        identity=delivery.identity,
        handler=handler,
    )
    logger.info(
        "event handled" if is_new else _why_skipped(consumer, delivery),
        extra={
            "subject": delivery.subject,
            "order": envelope.key,
            "message_id": envelope.id,
            "attempt": delivery.attempt,
        },
    )
    return Done()


def _why_skipped(consumer: Consumer, delivery: Delivery) -> str:
    known = {"consumer": consumer.durable, "identity": delivery.identity}
    return "dropped letter skipped" if dead_letters.is_dropped(**known) else "duplicate skipped"


def _bury(consumer: Consumer, delivery: Delivery, error: Exception) -> Verdict:
    reason = (
        str(error) if isinstance(error, MessageUnreadable) else f"{type(error).__name__}: {error}"
    )
    known = {"consumer": consumer.durable, "message_id": delivery.message_id}
    try:
        dead_letters.bury(
            **known,
            transport=DeadLetter.Transport.JETSTREAM,
            destination=delivery.subject,
            reason=reason,
            body=delivery.body,
            headers=delivery.headers,
            attempts=attempts.count(**known) or 1,
            traceback="".join(traceback.format_exception(error)),
        )
    except REFUSED as away:
        raise DatabaseAway from away
    return Hopeless()


def _try_again(consumer: Consumer, delivery: Delivery, error: Exception) -> Verdict:
    """Others hold what it needs: no fault of the message's, so nothing is counted."""
    delay = busy_delay(delivery.attempt)
    told = {"consumer": consumer.durable, "message_id": delivery.message_id, "delay": delay}
    logger.warning("rows are busy, will try again", extra=told | {"error": str(error)})
    return Later(delay)


def _retry_or_bury(consumer: Consumer, delivery: Delivery, error: Exception) -> Verdict:
    """Record the failure, so that attempts are counted by what the handler did, not by crashes."""
    known = {"consumer": consumer.durable, "message_id": delivery.message_id}
    try:
        attempts.record(**known, error=error)
        failures = attempts.count(**known)
    except REFUSED as away:
        raise DatabaseAway from away
    if failures >= MAX_FAILURES and attempts.had_their_time(**known):
        return _bury(consumer, delivery, error)
    delay = retry_delay(failures)
    hooks.reached("consumer.failed", delivery, error=repr(error), delay=round(delay, 1))
    logger.error(
        "handler failed, will retry",
        exc_info=error,
        extra={
            "subject": delivery.subject,
            "order": delivery.key,
            "message_id": delivery.message_id,
            "attempt": failures,
            "delay": round(delay, 1),
        },
    )
    return Later(delay, failure=type(error).__name__)


def retry_delay(failures: int) -> float:
    """Return seconds: 1, 2, 4 ... up to two minutes, a fifth of it at random either way."""
    delay = min(2.0 ** (min(failures, 20) - 1), LONGEST_DELAY.total_seconds())
    return delay * random.uniform(0.8, 1.2)
