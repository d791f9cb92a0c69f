"""The one shape of all pattern pages: what each says, sends, follows and asks.

In the words, what stands between backticks is shown as code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from apps.lab.patterns.source import behind, reaches

CONNECT_JS = 'import { connect } from "nats";\n\nconst nc = await connect({ @connect });'
"""How a program in JavaScript reaches this shop's NATS; `terminal.placed` puts the address in."""
SQS_JS = """import * as SQS from "@aws-sdk/client-sqs";

const sqs = new SQS.SQSClient({
  endpoint: "@sqs", region: "@region",
  credentials: { accessKeyId: "demo", secretAccessKey: "demo" },
});
"""

type Given = Mapping[str, str]
"""What came with the form: `key`, where the message is about something that is there already."""


@dataclass(frozen=True, kw_only=True)
class WayStep:
    """A point of the message's way, and the code that is at work there.

    A hop is at this step where it agrees in all that is not empty. `code` are public functions and
    classes: they, or what they call of their own module, reach the point.
    """

    point: str
    title: str
    says: str
    code: tuple[Any, ...]
    worker: str = ""
    consumer: str = ""
    destination: str = ""

    @property
    def linked(self) -> tuple[Any, ...]:
        """The code, and what of its modules reaches the point."""
        return tuple(each for each in self.shown if each in self.code or reaches(each, self.point))

    @property
    def shown(self) -> tuple[Any, ...]:
        """The code, what it calls of its own modules, and what of them reaches the point."""
        shown: list[Any] = []
        for door in self.code:
            called, further = behind(door)
            shown += [door, *called, *(each for each in further if reaches(each, self.point))]
        return tuple(dict.fromkeys(shown))

    def is_at(self, hop: Mapping[str, Any]) -> bool:
        return self.point == hop["point"] and all(
            wanted in {"", hop[name]}
            for name, wanted in (
                ("worker", self.worker),
                ("consumer", self.consumer),
                ("destination", self.destination),
            )
        )


@dataclass(frozen=True, kw_only=True)
class Sending:
    """A button: `send` does it by the shop's own services, and says in words what was done.

    With `needs_key` it is about what the message that is shown was about: an order to cancel.
    """

    slug: str
    label: str
    says: str
    send: Callable[[Given], str]
    way: tuple[WayStep, ...]
    needs_key: bool = False


@dataclass(frozen=True, kw_only=True)
class Command:
    """The same from a terminal: a line of a shell, and beside it the lines of two programs.

    `sdk` is Python, `js` is JavaScript; empty where the work is Python's alone.
    """

    does: str
    line: str
    sdk: str
    js: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class QuizQuestion:
    """A question with one right choice; `experiment` is the slug of what shows it."""

    slug: str
    asks: str
    choices: tuple[str, ...]
    answer: int
    why: str
    experiment: str


@dataclass(frozen=True)
class Sum:
    """A row of a calculation: what, how it is worked out, and what comes of it."""

    what: str
    working: str
    result: str


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """One pattern's page; `slug` is in its address."""

    slug: str
    name: str
    what: tuple[str, str, str]
    when_not: str
    costs: str
    sendings: tuple[Sending, ...]
    terminal: tuple[Command, ...]
    questions: tuple[QuizQuestion, ...]
    before_sdk: str = ""
    before_js: str = ""
    sums: Callable[[], list[Sum]] | None = None
    assumed: str = ""

    def sending(self, slug: str) -> Sending:
        """Return the button of that name, the first where there is none."""
        return next((each for each in self.sendings if each.slug == slug), self.sendings[0])
