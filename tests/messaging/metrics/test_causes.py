"""The cause of a dead letter is one of six words, whatever a stranger has sent."""

import pytest

from apps.messaging.handling import dead_letters
from apps.messaging.handling.attempts import CRASHED, HUNG
from apps.messaging.models import DeadLetter
from tests.support.scraped import growth, scraped

pytestmark = pytest.mark.django_db(transaction=True)

JETSTREAM, OUTBOX = DeadLetter.Transport.JETSTREAM, DeadLetter.Transport.OUTBOX
CELERY = DeadLetter.Transport.CELERY
TRACE = "Traceback (most recent call last):\n"
UNREADABLE = f"{TRACE}apps.messaging.errors.MessageUnreadable: no json"


@pytest.mark.parametrize(
    ("transport", "reason", "traceback", "cause"),
    [
        (JETSTREAM, "no json", UNREADABLE, "unreadable"),
        (JETSTREAM, "KeyError: 'a'", f"{TRACE}KeyError: 'a'", "failed"),
        (JETSTREAM, CRASHED, UNREADABLE, "crashed"),
        (JETSTREAM, f"{HUNG}: not done within 60 s", "", "hung"),
        (JETSTREAM, "delivered 60 times", "", "undelivered"),
        (OUTBOX, "message size exceeds maximum", "", "rejected"),
        (CELERY, "no task: not JSON", "", "unreadable"),
    ],
)
def test_each_way_to_a_dead_letter_has_a_cause(
    metrics_port: int, transport: str, reason: str, traceback: str, cause: str
) -> None:
    before = scraped(metrics_port)
    letter = dead_letters.GivenUp(
        transport=transport, consumer="drinker", message_id="1", destination="teas", body=cause
    )
    dead_letters.bury(letter, reason=reason, traceback=traceback)
    dead_letters.bury(letter, reason=reason, traceback=traceback)  # Buried already: not again.
    assert growth(before, scraped(metrics_port)) == {
        f"shop_buried_total{{{cause},drinker,{transport}}}": 1.0
    }
