"""When the next delivery is due, by the hops."""

from typing import Any

from pytest_django.fixtures import Settings

from apps.lab.patterns.deadlines import Deadline, deadline_of
from tests.lab.made_hops import hop


def deadline(*hops: dict[str, Any], now: float) -> Deadline | None:
    """Return the first hop's."""
    return deadline_of(hops[0], hops, now=now)


def test_a_fetched_event_has_the_ack_wait() -> None:
    found = deadline(hop("consumer.fetched", at=100.0), now=103.0)

    assert found
    assert found.seconds == 7.0


def test_an_acknowledged_event_has_no_deadline() -> None:
    fetched = hop("consumer.fetched", at=100.0)
    acknowledged = hop("consumer.acknowledged", at=100.1)

    assert deadline(fetched, acknowledged, now=101.0) is None


def test_another_consumers_ack_does_not_count() -> None:
    fetched = hop("consumer.fetched", at=100.0, consumer="fulfilment")
    others = hop("consumer.acknowledged", at=100.1, consumer="sales")

    assert deadline(fetched, others, now=101.0)


def test_a_later_delivery_ends_the_deadline() -> None:
    first = hop("consumer.fetched", at=100.0)
    second = hop("consumer.fetched", at=110.0, attempt=2)

    assert deadline(first, second, now=111.0) is None


def test_a_failure_is_retried_after_its_delay() -> None:
    found = deadline(hop("consumer.failed", at=100.0, attributes={"delay": 4.0}), now=101.0)

    assert found
    assert found.seconds == 3.0


def test_a_received_job_is_hidden_for_the_visibility_timeout(settings: Settings) -> None:
    settings.SQS_VISIBILITY_TIMEOUT = 30

    found = deadline(hop("job.received", at=100.0), now=110.0)

    assert found
    assert found.seconds == 20.0


def test_a_heartbeat_extends_the_deadline(settings: Settings) -> None:
    settings.SQS_VISIBILITY_TIMEOUT = 30

    found = deadline(hop("job.received", at=100.0), hop("job.heartbeat", at=110.0), now=110.0)

    assert found
    assert found.seconds == 30.0


def test_a_deleted_job_has_no_deadline() -> None:
    assert deadline(hop("job.received", at=1.0), hop("job.deleted", at=2.0), now=3.0) is None


def test_other_hooks_have_no_deadline() -> None:
    assert deadline(hop("relay.claimed", at=1.0), now=2.0) is None
