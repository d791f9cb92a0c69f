"""Dead letters for the lab's pages: what is shown of each, and the outcome of redrive and drop."""

from dataclasses import dataclass

from apps.lab.patterns.sending import sentence_of
from apps.messaging.errors import MessagingError
from apps.messaging.handling import attempts
from apps.messaging.message import readable
from apps.messaging.models import DeadLetter, FailedDelivery
from apps.messaging.recovery import redrive


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
