"""Dead letters for the lab's pages: what is shown of each, and the outcome of redrive and drop."""

from collections.abc import Callable
from dataclasses import dataclass

from apps.lab.pages.letter_as_test import as_test
from apps.lab.patterns.sending import sentence_of
from apps.messaging.errors import MessagingError
from apps.messaging.handling import attempts
from apps.messaging.message import readable
from apps.messaging.models import DeadLetter, FailedDelivery
from apps.messaging.recovery import causes, copies, redrive


@dataclass(frozen=True, kw_only=True)
class LetterSettled:
    """The outcome of a redrive or a drop, in words."""

    words: str
    went_well: bool = True


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A dead letter with all its details."""

    row: DeadLetter

    @property
    def body(self) -> str:
        return readable(self.row.body)

    @property
    def can_be_copied(self) -> bool:
        return self.row.transport in copies.TRANSPORTS

    @property
    def can_be_a_test(self) -> bool:
        return as_test(self.row) is not None

    @property
    def failures(self) -> list[FailedDelivery]:
        """The failed attempts, the oldest first."""
        return list(attempts.failed_of(self.row))


def send_again(*, id: int, again: bool) -> LetterSettled:
    """Redrive a letter; with `again`, also one that was redriven already."""
    try:
        redrive.redrive(id=id, again=again)
    except MessagingError as error:
        return LetterSettled(words=f"Not redriven: {sentence_of(error)}", went_well=False)
    return LetterSettled(words=f"Dead letter {id} is sent again, to its own consumer only.")


def give_up(*, id: int) -> LetterSettled:
    """Drop a letter."""
    try:
        redrive.drop(id=id)
    except MessagingError as error:
        return LetterSettled(words=f"Not dropped: {sentence_of(error)}", went_well=False)
    return LetterSettled(words=f"Dead letter {id} is dropped.")


def send_copy(*, id: int, body: str) -> LetterSettled:
    """Send a copy of a letter with this body, under an id of its own."""
    try:
        message_id = copies.send_copy(id=id, body=body)
    except MessagingError as error:
        return LetterSettled(words=f"Not sent: {sentence_of(error)}", went_well=False)
    return LetterSettled(words=f"A copy of dead letter {id} is sent, as {message_id}.")


def send_cause_again(digest: str) -> LetterSettled:
    """Redrive each letter of a cause."""
    return _each_of(digest, redrive.redrive, done="sent again, to their own consumer only")


def give_cause_up(digest: str) -> LetterSettled:
    """Drop each letter of a cause."""
    return _each_of(digest, redrive.drop, done="dropped")


def _each_of(digest: str, act: Callable[..., None], *, done: str) -> LetterSettled:
    """Act on each letter by itself: one that is settled meanwhile does not stop the others."""
    errors = []
    ids = causes.ids_of(digest)
    for id in ids:
        try:
            act(id=id)
        except MessagingError as error:
            errors.append(sentence_of(error))
    words = f"{len(ids) - len(errors)} dead letters of this cause are {done}."
    return LetterSettled(words=" ".join([words, *errors[:1]]), went_well=bool(ids) and not errors)
