"""Times in the code that must fit into one another, and those that the checks know of."""

from pathlib import Path

from apps.messaging.events.streams import DUPLICATE_WINDOW
from apps.messaging.outbox import claims, jetstream_publisher
from apps.notifications import tasks
from orders_site.checks import times
from orders_site.conf.demo_defaults import demo_defaults
from orders_site.conf.mailers import claim_of, email_url, mailer_from


def test_the_checks_have_the_same_times_as_the_code() -> None:
    assert tasks.LONGEST_RETRY_SECONDS == times.LONGEST_RETRY_SECONDS


def test_awaited_acks_fit_into_the_end_of_a_lease() -> None:
    assert claims.LAST_CALL.total_seconds() == times.LONGEST_ACK


def test_a_lease_outlasts_its_awaited_acks() -> None:
    assert claims.LEASE.total_seconds() > 2 * jetstream_publisher.ACK_DEADLINE


def test_a_retried_row_falls_into_the_duplicate_window() -> None:
    assert DUPLICATE_WINDOW > 2 * claims.LEASE


def test_a_redelivered_mail_can_be_claimed(tmp_path: Path) -> None:
    """In the demo, whose mails go to files: a mail server's claim is longer, see `overdue`."""
    demo = demo_defaults(tmp_path, nats_port=1, aws_port=1)
    claim = claim_of(mailer_from(email_url(demo["EMAIL_URL"])))
    assert claim.total_seconds() < int(demo["SQS_VISIBILITY_TIMEOUT"])
