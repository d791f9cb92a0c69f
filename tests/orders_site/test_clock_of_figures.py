"""Figures of what waits go by the database's clock, whatever time it is on this machine."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from apps.messaging import outbox
from apps.messaging.models import OutboxMessage
from apps.messaging.operations.status import outbox as outbox_figures
from apps.messaging.outbox import holds
from apps.notifications import waiting as mails
from apps.notifications.models import Mail
from apps.orders import waiting as orders
from tests.messaging.support.events import TeaBrewed
from tests.orders.factories import confirm, make_order

pytestmark = pytest.mark.django_db

MOST_SECONDS = 60.0


@pytest.mark.parametrize("wrong_by", [timedelta(hours=2), timedelta(hours=-2)], ids=str)
def test_a_wrong_clock_of_this_machine_changes_no_age(
    monkeypatch: pytest.MonkeyPatch, wrong_by: timedelta
) -> None:
    now = timezone.now()
    confirm(order := make_order())
    make_order()
    Mail.objects.create(order=order, kind="confirmed", to="a@example.com", failing_since=now)
    outbox.record(TeaBrewed(cups=1), key="pot")
    OutboxMessage.objects.filter(key="pot").update(
        postponed_since=now, not_before=now + timedelta(hours=9)
    )

    def wrong() -> datetime:
        return datetime.now(now.tzinfo) + wrong_by

    monkeypatch.setattr(timezone, "now", wrong)
    assert mails.figures()["late"] == 0
    (held,) = holds.held_by_destination()
    ages = [mails.figures()["oldest_age_seconds"], orders.figures()["oldest_age_seconds"]]
    ages += [held["oldest_age"], outbox_figures()["oldest_age"]]
    assert all(0 <= age < MOST_SECONDS for age in ages), ages
