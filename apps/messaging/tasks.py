"""Celery on SQS: beat deletes old rows of messaging, and finds events that a stream has lost."""

import logging

from celery import shared_task

from apps.messaging.errors import BrokerAway
from apps.messaging.operations import pruning
from apps.messaging.operations.expired_sessions import delete_expired_sessions
from apps.messaging.recovery import stream_losses

logger = logging.getLogger(__name__)


@shared_task
def clean_up() -> None:
    """Delete old rows of messaging, and sessions that have expired."""
    pruning.log_deleted(pruning.prune() | {"sessions": delete_expired_sessions()})


@shared_task
def find_lost_events() -> None:
    """Compare the streams with the outbox; the status shows the result."""
    for stream in stream_losses.watched_streams():
        try:
            lost = stream_losses.check(stream)
        except BrokerAway as error:
            # The status reports it if the checks after this one fail as well.
            logger.warning("stream not checked", extra={"stream": stream.name, "error": str(error)})
            continue
        if lost:
            logger.error("stream has lost events", extra={"stream": stream.name, "lost": lost})
