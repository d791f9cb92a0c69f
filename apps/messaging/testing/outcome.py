"""What the fixtures of a handler share: the end of a process, the commit, and the verdict."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.test import TestCase

from apps.messaging import hooks
from apps.messaging.handling import attempts
from apps.messaging.handling.judging import Attempt, message_at
from apps.messaging.handling.verdicts import Ack, Reject, Retry, Verdict
from apps.messaging.models import DeadLetter
from apps.messaging.testing.errors import DeadLettered, NotHandled, WillRetry


class ProcessDied(BaseException):
    """Ends an attempt as the death of its process does: no handler of errors sees it."""


@contextmanager
def committing() -> Iterator[None]:
    """Call the hooks of `transaction.on_commit` at the end.

    A test in a transaction of its own, as `django_db` makes it, would never call them.
    """
    with TestCase.captureOnCommitCallbacks(execute=True):
        yield


@contextmanager
def dying_at(point: str) -> Iterator[None]:
    """Let the process die where it reaches this point, and go on after the block."""

    def die() -> None:
        raise ProcessDied

    try:
        with hooks.attached(point, die):
            yield
    except ProcessDied:
        return


def require_handled(verdict: Verdict, message: Attempt) -> None:
    """Raise `NotHandled`, with the reason and the traceback, unless the message is acknowledged."""
    match verdict:
        case Ack():
            return
        case Reject(reason):
            letter = DeadLetter.objects.get(consumer=message.consumer, identity=message.identity)
            what = f"{_at(message)} is a dead letter now: {reason or letter.reason}"
            raise DeadLettered(f"{what}\n\n{letter.traceback}")
        case Retry(delay):
            failure = attempts.failed(message_at(message)).last()
            why = failure.error if failure else "another transaction had its rows"
            what = f"{_at(message)} would be tried again in {delay:.1f} s: {why}"
            raise WillRetry(f"{what}\n\n{failure.traceback if failure else ''}")
        case _:
            raise NotHandled(f"{_at(message)} is left to another worker: the lease is lost")


def _at(message: Attempt) -> str:
    return f"{message.destination} at {message.consumer}"
