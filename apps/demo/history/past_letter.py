"""The dead letter of the past, and its story.

A release was built without the templates of the mails. The mail of one order failed six times, and
its event became a dead letter of `notifications`. The next release had the templates; staff
redrove the letter, and the mail was sent. So the letter is `redriven`, and raises no alarm.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.demo.history.lives import Happened
from apps.messaging.backoff import backoff
from apps.messaging.events.delivery import FIRST_DELAY_SECONDS, LONGEST_DELAY, MAX_FAILURES
from apps.messaging.handling.dead_letters import GivenUp, identity_of
from apps.messaging.message import Envelope
from apps.messaging.models import DeadLetter, FailedDelivery

MENDED_AFTER = timedelta(hours=5, minutes=12)
_ERROR = "TemplateDoesNotExist: notifications/confirmed.txt"
_TRACEBACK = f"""Traceback (most recent call last):
  ...
  in apps.notifications.services, write_order_mails
  in apps.notifications.services, _write
  in django.template.loader, render_to_string
django.template.exceptions.{_ERROR}
"""


@dataclass(frozen=True, kw_only=True)
class PastLetter:
    """The letter's event, and when it was redriven."""

    happened: Happened
    redriven_at: datetime


def add_letter(happened: Happened, *, consumer: str) -> PastLetter:
    """Store the letter of this event, with its failed attempts."""
    message = _message_of(happened, consumer)
    failed_at = _times_of_failures(happened.at)
    letter = PastLetter(happened=happened, redriven_at=failed_at[-1] + MENDED_AFTER)
    shared = {
        "consumer": consumer,
        "message_id": message.message_id,
        "identity": identity_of(message),
        "traceback": _TRACEBACK,
    }
    FailedDelivery.objects.bulk_create(
        FailedDelivery(**shared, failed_at=at, error=_ERROR) for at in failed_at
    )
    DeadLetter.objects.create(
        **shared,
        transport=message.transport,
        destination=message.destination,
        reason=_ERROR,
        attempts=len(failed_at),
        headers=message.headers,
        body=happened.event.to_json(),
        died_at=failed_at[-1],
        state=DeadLetter.State.REDRIVEN,
        redrives=1,
        redriven_at=letter.redriven_at,
    )
    return letter


def _message_of(happened: Happened, consumer: str) -> GivenUp:
    event = happened.event
    envelope = Envelope(
        id=str(happened.id),
        type=event.ce_type(),
        time=happened.at,
        key=str(event.id),
        traceparent=f"00-{event.id.hex}-{happened.id.hex[:16]}-01",
    )
    return GivenUp(
        transport=DeadLetter.Transport.JETSTREAM,
        consumer=consumer,
        message_id=envelope.id,
        destination=event.subject,
        body=event.to_json(),
        headers=envelope.to_headers(),
    )


def _times_of_failures(first: datetime) -> list[datetime]:
    """Return when the attempts failed, as the consumer waits between them in the demo."""
    at, times = first, [first]
    for failures in range(1, MAX_FAILURES):
        delay = backoff(failures, first=FIRST_DELAY_SECONDS, longest=LONGEST_DELAY.total_seconds())
        at += timedelta(seconds=delay)
        times.append(at)
    return times
