"""Days that rows are kept: limits of each setting, so that no event is handled twice."""

import pytest

from apps.orders.events import ORDERS
from orders_site.conf import pruning
from orders_site.conf.environment import Environment
from orders_site.conf.unreadable import Unreadable


def kept(**variables: str) -> pruning.PruneAfter:
    return pruning.read(Environment(variables))


def test_nothing_has_to_be_set() -> None:
    assert kept() == pruning.PruneAfter(inbox=14, letters=14, mails=90, instances=14)


def test_the_inbox_outlives_the_stream() -> None:
    assert ORDERS.max_age.days == pruning.STREAM_DAYS
    with pytest.raises(Unreadable, match="INBOX_DAYS"):
        kept(INBOX_DAYS=str(pruning.STREAM_DAYS))


def test_mails_outlive_the_inbox() -> None:
    assert kept(INBOX_DAYS="120").mails == 120
    with pytest.raises(Unreadable, match="MAILS_DAYS"):
        kept(INBOX_DAYS="30", MAILS_DAYS="29")
