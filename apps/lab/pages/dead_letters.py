"""Dead letters for the lab's pages: what is shown of each, and redrive and drop told in words."""

from dataclasses import dataclass

from apps.lab.patterns.sending import sentence_of
from apps.messaging.errors import MessagingError
from apps.messaging.handling import attempts
from apps.messaging.message import readable
from apps.messaging.models import DeadLetter, FailedDelivery
from apps.messaging.recovery import redrive


@dataclass(frozen=True, kw_only=True)
class LetterSettled:
    """The outcome of a redrive or a drop, for the visitor."""

    words: str
    went_well: bool = True


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A dead letter with all that is known of it."""

    row: DeadLetter

    @property
    def body(self) -> str:
        return readable(self.row.body)

    @property
    def failures(self) -> list[FailedDelivery]:
        """Each attempt that ended in an error, the first one first."""
        row = self.row
        return list(attempts.failed(consumer=row.consumer, message_id=row.message_id))


def send_again(*, id: int, again: bool) -> LetterSettled:
    """Redrive a letter; with `again` also one that is under way already."""
    try:
        redrive.redrive(id=id, again=again)
    except MessagingError as error:
        return LetterSettled(words=f"Not redriven: {sentence_of(error)}", went_well=False)
    return LetterSettled(words=f"Dead letter {id} is on its way again, to its own consumer alone.")


def give_up(*, id: int) -> LetterSettled:
    """Drop a letter for good."""
    try:
        redrive.drop(id=id)
    except MessagingError as error:
        return LetterSettled(words=f"Not dropped: {sentence_of(error)}", went_well=False)
    return LetterSettled(words=f"Dead letter {id} is given up for good.")
