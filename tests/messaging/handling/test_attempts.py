"""Failed attempts are counted for one message at one consumer, for any id of its sender."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.messaging.events.delivery import MAX_FAILURES, Delivery, deliver
from apps.messaging.handling import attempts
from apps.messaging.handling.judging import message_at
from apps.messaging.handling.verdicts import Ack, Reject, Retry, Verdict
from apps.messaging.jobs import delivery as jobs
from apps.messaging.models import DeadLetter, FailedDelivery
from apps.messaging.recovery.redrive import redrive
from tests.messaging.support.events import TeaBrewed, make_consumer, make_delivery, make_headers
from tests.messaging.support.jobs import CUPS, make_received
from tests.support.migrated import migrated_back

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = "0006_one_name_for_each_transport"
CHOSEN = make_headers(id="chosen")
ONE = make_delivery(headers=CHOSEN, body=b'{"cups": 1}')
OTHER = make_delivery(headers=CHOSEN, body=b'{"cups": 2}')


def fail(_event: TeaBrewed) -> None:
    raise RuntimeError("the kettle is cold")


def fails(delivery: Delivery, *, times: int, durable: str = "drinker") -> list[Verdict]:
    consumer = replace(make_consumer(fail), durable=durable)
    at = replace(delivery, consumer=durable)
    return [deliver(consumer, at) for _ in range(times)]


def test_two_messages_with_one_id_have_their_own_attempts() -> None:
    first = fails(ONE, times=MAX_FAILURES - 1)
    then = fails(OTHER, times=MAX_FAILURES)
    kinds = [type(each) for each in (*first, *then)]
    assert kinds == [Retry] * (2 * MAX_FAILURES - 2) + [Reject]
    letter = DeadLetter.objects.get()
    assert (letter.body, letter.attempts) == ('{"cups": 2}', MAX_FAILURES)
    assert attempts.failed_of(letter).count() == MAX_FAILURES


def test_two_consumers_of_a_message_have_their_own_attempts() -> None:
    fails(ONE, times=MAX_FAILURES - 1, durable="washer")
    assert [type(each) for each in fails(ONE, times=1)] == [Retry]
    assert attempts.count(message_at(ONE)) == 1


def test_a_redrive_restarts_the_count_of_its_own_message_only() -> None:
    fails(ONE, times=MAX_FAILURES)
    fails(OTHER, times=MAX_FAILURES - 1)
    redrive(id=DeadLetter.objects.get().pk)
    assert (attempts.count(message_at(ONE)), attempts.count(message_at(OTHER))) == (
        0,
        MAX_FAILURES - 1,
    )


@pytest.mark.parametrize("words", [attempts.CRASHED, f"{attempts.A_CRASH_BEGINS}had it"])
def test_a_poison_message_does_not_condemn_others_of_its_id(words: str) -> None:
    """Also with markers that an older release has stored, in its own words."""
    for _ in range(MAX_FAILURES):
        FailedDelivery.objects.create(**message_at(ONE)._asdict(), error=words, traceback="")
    again = replace(OTHER, attempt=2)
    assert isinstance(deliver(make_consumer(print), again), Ack)
    assert isinstance(deliver(make_consumer(print), replace(ONE, attempt=2)), Reject)


def test_two_jobs_with_one_id_have_their_own_attempts() -> None:
    def wash(_job: object) -> None:
        raise RuntimeError("no water")

    one, other = (make_received(body=body) for body in ("cup a", "cup b"))
    for _ in range(CUPS.max_failures - 1):
        jobs.deliver(CUPS, wash, one)
    assert isinstance(jobs.deliver(CUPS, wash, other), Retry)
    assert isinstance(jobs.deliver(CUPS, wash, one), Reject)


def test_a_wrong_clock_shortens_no_retries(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.RETRIES = replace(settings.RETRIES, events_for=3600)
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + timedelta(hours=2))
    assert {type(each) for each in fails(ONE, times=MAX_FAILURES + 1)} == {Retry}


def test_attempts_of_an_earlier_version_still_count() -> None:
    with migrated_back("messaging", BEFORE) as apps:
        old = apps.get_model("messaging", "FailedDelivery")
        for _ in range(MAX_FAILURES - 1):
            old.objects.create(consumer="drinker", message_id="chosen", error="", traceback="")
    assert isinstance(fails(ONE, times=1)[0], Reject)
