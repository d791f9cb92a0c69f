"""The declared streams: none stores a request, an offer or a wake-up."""

import pytest

from apps.images.contract import PREVIEW_SUBJECT
from apps.messaging.events.streams import declared_streams
from apps.messaging.outbox.wakeup import SUBJECT as WAKE_UPS
from apps.pricing.contract import SUBJECT, SUBJECT_OF_MANY


@pytest.mark.parametrize("subject", [SUBJECT, SUBJECT_OF_MANY, PREVIEW_SUBJECT, WAKE_UPS])
def test_questions_and_offers_are_outside_every_stream(subject: str) -> None:
    """There the stream's ack would come first, in place of the answer."""
    kept = [each.removesuffix(">") for stream in declared_streams() for each in stream.subjects]
    assert not [prefix for prefix in kept if subject.startswith(prefix)]
