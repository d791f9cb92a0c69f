"""A dead letter as a file for pytest: it fails as the letter did, and passes when it is handled."""

import json
from importlib import import_module
from inspect import isfunction

from django.conf import settings
from django.utils.module_loading import import_string

from apps.messaging.events import streams
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.models import DeadLetter

_HEAD = '''\
"""Dead letter {id} of {consumer}: {reason}

This fails as long as `{consumer}` cannot handle the message. If its handler reads rows of other
messages, such as an order, make them first, at the beginning of the test.
"""

import pytest

'''
_EVENT = """\
from apps.messaging.events.delivery import Delivery, deliver
from apps.messaging.events.streams import declared_consumers
from apps.messaging.handling.verdicts import Ack


@pytest.mark.django_db(transaction=True)
def test_dead_letter_{id}_is_handled() -> None:
    consumers = {{each.durable: each for each in declared_consumers()}}
    delivery = Delivery(
        consumer={durable},
        subject={destination},
        headers={headers},
        body={body}.encode(),
        stream=consumers[{durable}].stream.name,
        sequence=1,
        attempt=1,
    )
    assert isinstance(deliver(consumers[{durable}], delivery), Ack)
"""
_IMPORTS_OF_JOB = [
    "from apps.messaging.handling.verdicts import Ack",
    "from apps.messaging.jobs.delivery import ReceivedJob, deliver",
]
_JOB = """\
{imports}


@pytest.mark.django_db(transaction=True)
def test_dead_letter_{id}_is_handled() -> None:
    job = ReceivedJob(
        queue={destination},
        headers={headers},
        body={body},
        attempt=1,
        sqs_id="of dead letter {id}",
        receipt_handle="of no queue",
    )
    assert isinstance(deliver({queue}, {handler}, job), Ack)
"""


def as_test(letter: DeadLetter) -> str | None:
    """Return the file's text, or None if the settings do not tell what handles the message."""
    match letter.transport:
        case DeadLetter.Transport.JETSTREAM:
            template, names = _EVENT, _names_of_consumer(letter.consumer)
        case DeadLetter.Transport.SQS:
            template, names = _JOB, _names_of_queue(letter.consumer)
        case _:
            return None
    if names is None:
        return None
    lines = [
        f"            {_text(name)}: {_text(value)},\n" for name, value in letter.headers.items()
    ]
    reason = letter.reason.splitlines()[0] if letter.reason else "no reason"
    return (_HEAD + template).format(
        id=letter.pk,
        consumer=letter.consumer,
        # In a docstring, and of a message that anyone may have sent.
        reason=_text(reason)[1:-1].replace('\\"', "'"),
        destination=_text(letter.destination),
        headers="{\n" + "".join(lines) + "        }",
        body=_text(letter.body),
        **names,
    )


def _names_of_consumer(durable: str) -> dict[str, str] | None:
    """Return the name of a declared consumer as Python reads it: a stranger's has no handler."""
    is_ours = any(each.durable == durable for each in streams.declared_consumers())
    return {"durable": _text(durable)} if is_ours else None


def _names_of_queue(name: str) -> dict[str, str] | None:
    """Return the names of a declared queue and of its handler in Python, with their import.

    The handler is the function of the queue's module that takes a job. If there is no such one, or
    several, only the worker knows, and the answer is None.
    """
    for path in settings.MESSAGING_QUEUES:
        if import_string(path).name == name:
            module, queue = path.rsplit(".", 1)
            handlers = _handlers_in(module)
            if len(handlers) != 1:
                return None
            imports = sorted([*_IMPORTS_OF_JOB, f"from {module} import {queue}, {handlers[0]}"])
            return {"imports": "\n".join(imports), "queue": queue, "handler": handlers[0]}
    return None


def _handlers_in(module: str) -> list[str]:
    functions = filter(isfunction, vars(import_module(module)).values())
    return [
        each.__name__
        for each in functions
        if each.__module__ == module and ReceivedJob in each.__annotations__.values()
    ]


def _text(text: str) -> str:
    """Return the text as Python reads it: JSON escapes the same characters in the same way."""
    return json.dumps(text, ensure_ascii=False)
