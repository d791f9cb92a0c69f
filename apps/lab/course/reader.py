"""A reader of the course, whose number tells this reader's messages from all others."""

import hashlib
from dataclasses import dataclass, replace

from apps.lab.patterns.pattern import Command
from apps.messaging.brokers.addresses import shell_queue_url
from apps.messaging.brokers.queue_names import name_at_sqs

FIRST_NUMBER, LAST_NUMBER = 10_000, 99_999


@dataclass(frozen=True)
class Reader:
    """The number is in what the reader types: as an id, a name, or the field `by`."""

    number: int

    @property
    def durable(self) -> str:
        return f"course-{self.number}"

    @property
    def replay(self) -> str:
        """The durable with which the reader reads the stream again."""
        return f"replay-{self.number}"

    @property
    def queue(self) -> str:
        return f"course-{self.number}"

    def trace(self, lesson: str) -> str:
        """Return the trace of all that the buttons of a lesson send for this reader."""
        return hashlib.sha256(f"{self.number} {lesson}".encode()).hexdigest()[:32]

    def traceparent(self, lesson: str) -> str:
        trace = self.trace(lesson)
        return f"00-{trace}-{trace[:16]}-01"

    def placed(self, text: str) -> str:
        """Return the text with the reader's number, durable and queue in it."""
        for name, value in {
            "@number": str(self.number),
            "@durable": self.durable,
            "@replay": self.replay,
            "@own-name": name_at_sqs(self.queue),
            "@own": shell_queue_url(self.queue),
        }.items():
            text = text.replace(name, value)
        return text

    def commands(self, commands: tuple[Command, ...]) -> tuple[Command, ...]:
        """Return the commands as this reader types them."""
        return tuple(
            replace(
                each,
                **{
                    name: self.placed(getattr(each, name)) for name in ("line", "sdk", "js", "note")
                },
            )
            for each in commands
        )
