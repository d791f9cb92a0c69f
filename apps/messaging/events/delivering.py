"""One delivery of an event, without its broker: decode it, handle it once, return the verdict."""

import logging
from datetime import timedelta
from functools import partial

from django.conf import settings

from apps.messaging import hooks
from apps.messaging.events import inbox
from apps.messaging.events.delivery import Delivery
from apps.messaging.events.streams import Consumer
from apps.messaging.handling import attempts, dead_letters
from apps.messaging.handling.judging import Rules, jittered, judge, who
from apps.messaging.handling.verdicts import Ack, Verdict
from apps.messaging.names import KEY
from apps.messaging.worker.time_limits import at_most

logger = logging.getLogger(__name__)

MAX_FAILURES = 6
LONGEST_DELAY = timedelta(minutes=2)


def deliver(consumer: Consumer, delivery: Delivery) -> Verdict:
    """Handle one delivery and judge it. Raises `DatabaseAway`, and nothing else."""
    if not delivery.is_for(consumer):
        return Ack()
    rules = Rules(
        max_failures=MAX_FAILURES,
        delay=retry_delay,
        failed="consumer.failed",
        may_end=lambda: attempts.had_their_time(who(delivery)),
    )
    return judge(delivery, partial(_handle, consumer, delivery), rules)


def _handle(consumer: Consumer, delivery: Delivery) -> None:
    hooks.reached("consumer.fetched", delivery)
    envelope, event = delivery.read(consumer)

    def handler() -> None:
        # The time limit begins here: a wait for the database before it is not a hanging handler.
        with at_most(
            consumer.longest_seconds or settings.LONGEST_TIMES.handler,
            delivery.subject,
            who(delivery),
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
            KEY: envelope.key,
            "message_id": envelope.id,
            "attempt": delivery.attempt,
        },
    )


def _why_skipped(consumer: Consumer, delivery: Delivery) -> str:
    known = {"consumer": consumer.durable, "identity": delivery.identity}
    return "dropped letter skipped" if dead_letters.is_dropped(**known) else "duplicate skipped"


def retry_delay(failures: int) -> float:
    """Return seconds: 1, 2, 4 ... up to two minutes, a fifth of it at random either way."""
    return jittered(min(2.0 ** (min(failures, 20) - 1), LONGEST_DELAY.total_seconds()))
