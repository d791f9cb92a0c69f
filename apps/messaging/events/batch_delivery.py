"""A batch of deliveries: their events are handled in one transaction, or one by one after all.

A transaction costs more than the work of one event in it, so a batch makes a consumer several
times as fast. It is for the usual case alone: first deliveries of readable events of different ids,
all of which their handler can save. Anything else rolls the whole batch back. Its events are then
handled one by one (`delivery.deliver`), which finds the one at fault, judges it, and counts its
attempts.
"""

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import groupby, takewhile

from django.conf import settings

from apps.messaging import hooks
from apps.messaging.events import inbox
from apps.messaging.events.delivery import DecodedEvent, Delivery
from apps.messaging.events.streams import Consumer
from apps.messaging.handling.attempts import DATABASE_ERRORS
from apps.messaging.handling.database import forget_connection
from apps.messaging.hooks.steps import processing_each
from apps.messaging.hooks.tracing import following
from apps.messaging.worker.time_limits import at_most

LARGEST_BATCH = 50
"""Events of a batch: more would hold their locks for longer, and be hardly faster."""

logger = logging.getLogger(__name__)


class IdRepeated(Exception):
    """A batch contains two messages of one id."""


def size_of_batch(consumer: Consumer, deliveries: Sequence[Delivery]) -> int:
    """Return how many of these, from the first one on, may be handled in one transaction.

    A message that was delivered before is none of them: it may have ended its process.
    """
    if hooks.may_break():
        return 0
    subjects = {event.subject for event in consumer.batch_handlers}

    def is_usual(delivery: Delivery) -> bool:
        is_first = delivery.attempt == 1
        return is_first and delivery.subject in subjects and delivery.is_for(consumer)

    return sum(1 for _ in takewhile(is_usual, deliveries[:LARGEST_BATCH]))


def deliver_batch(consumer: Consumer, deliveries: Sequence[Delivery]) -> bool:
    """Handle all in one transaction, and return True; return False if any step failed.

    Nothing is stored then, except after a failure at the commit or later: the inbox knows.
    """
    try:
        arrived = [DecodedEvent.fetched(each, consumer) for each in deliveries]
        _check_ids_differ(arrived)
        keys = {each.envelope.key: each.envelope.traceparent for each in arrived}
        with processing_each(deliveries, keys):
            new = _handle(consumer, arrived)
        for each in arrived:
            with following(each.envelope.traceparent):
                each.log(is_new=each in new)
    except Exception as error:  # Handlers may fail in any way: `deliver` finds which one, and how.
        if isinstance(error, DATABASE_ERRORS):
            forget_connection()
        why = {"events": len(deliveries), "error": f"{type(error).__name__}: {error}"}
        logger.info("one by one instead", extra={"consumer": consumer.durable, **why})
        return False
    return True


def _check_ids_differ(arrived: Sequence[DecodedEvent]) -> None:
    """Raise `IdRepeated` if two messages have one id: which of them is new, only the inbox tells.

    They may be duplicates, or different messages of which a person has dropped one.
    """
    if len({each.entry.message_id for each in arrived}) < len(arrived):
        raise IdRepeated


def _handle(consumer: Consumer, arrived: Sequence[DecodedEvent]) -> list[DecodedEvent]:
    """Handle those that the consumer has for the first time, and return them."""
    longest = consumer.longest_seconds or settings.LONGEST_TIMES.handler
    with (
        ExitStack() as limit,
        inbox.all_entered({each.entry: each.envelope.key for each in arrived}) as ids,
    ):
        # As with a single event: a wait for the database does not hang, an `on_commit` hook may.
        limit.enter_context(at_most(longest, f"a batch of {consumer.durable}"))
        new = [each for each in arrived if each.entry.message_id in ids]
        for handler, some in groupby(new, lambda each: consumer.batch_handlers[type(each.event)]):
            handler([each.event for each in some])
        for each in new:
            each.reach_handled()
    return new
