"""A dead letter as a file for pytest: it fails as the letter did, and passes when it is handled."""

import json

from apps.messaging.models import DeadLetter

_TEST = '''\
"""Dead letter {id} of {consumer}: {reason}

This fails as long as `{consumer}` cannot handle the message. If its handler reads rows of other
messages, such as an order, make them first, at the beginning of the test.
"""

import pytest

from apps.messaging.events.delivery import Delivery, deliver
from apps.messaging.events.streams import declared_consumers
from apps.messaging.handling.verdicts import Ack


@pytest.mark.django_db(transaction=True)
def test_dead_letter_{id}_is_handled() -> None:
    consumers = {{each.durable: each for each in declared_consumers()}}
    delivery = Delivery(
        consumer={consumer_text},
        subject={subject},
        headers={headers},
        body={body}.encode(),
        stream=consumers[{consumer_text}].stream.name,
        sequence=1,
        attempt=1,
    )
    assert isinstance(deliver(consumers[{consumer_text}], delivery), Ack)
'''


def can_be_a_test(letter: DeadLetter) -> bool:
    """Return whether its consumer can be called by name: those of events are in the settings."""
    return letter.transport == DeadLetter.Transport.JETSTREAM


def as_test(letter: DeadLetter) -> str:
    """Return the file's text."""
    reason = letter.reason.splitlines()[0] if letter.reason else "no reason"
    lines = [
        f"            {_text(name)}: {_text(value)},\n" for name, value in letter.headers.items()
    ]
    return _TEST.format(
        id=letter.pk,
        consumer=letter.consumer,
        # In a docstring, and of a message that anyone may have sent.
        reason=_text(reason)[1:-1].replace('\\"', "'"),
        consumer_text=_text(letter.consumer),
        subject=_text(letter.destination),
        headers="{\n" + "".join(lines) + "        }",
        body=_text(letter.body),
    )


def _text(text: str) -> str:
    """Return the text as Python reads it: JSON escapes the same characters in the same way."""
    return json.dumps(text, ensure_ascii=False)
