"""The shape of all pattern pages: what each explains, sends, follows and asks.

In the texts, words between backticks are shown as code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from apps.lab.patterns.source import behind, reaches

_CONNECT = "\n\nconst nc = await connect({ @connect });"
CONNECT_JS = 'import { connect } from "nats";' + _CONNECT
"""How a program in JavaScript reaches this shop's NATS; `terminal.placed` puts the address in."""
CONNECT_JS_3 = 'import { connect } from "@nats-io/transport-node";' + _CONNECT
"""The same with version 3 of the client, whose parts are packages of their own."""
SQS_JS = """import * as SQS from "@aws-sdk/client-sqs";

const sqs = new SQS.SQSClient({
  endpoint: "@sqs", region: "@region",
  credentials: { accessKeyId: "demo", secretAccessKey: "demo" },
});
"""

type Given = Mapping[str, str]
"""The fields of the form: `key`, if the message is about an existing order."""


@dataclass(frozen=True, kw_only=True)
class WayStep:
    """A hook on the message's way, and the code that reaches it.

    A hop belongs to this step if all values that are not empty are equal. `code` are public
    functions and classes: they, or private functions of their module, reach the hook.
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
        """The code, and the functions of its modules that reach the hook."""
        return tuple(each for each in self.shown if each in self.code or reaches(each, self.point))

    @property
    def shown(self) -> tuple[Any, ...]:
        """The code, the private functions that it calls, and those that reach the hook."""
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
    """A button: `send` uses the shop's own services, and returns in words what was done.

    With `needs_key` it gets the key of the message that is shown: an order to cancel.
    """

    slug: str
    label: str
    says: str
    send: Callable[[Given], str]
    way: tuple[WayStep, ...]
    needs_key: bool = False


@dataclass(frozen=True, kw_only=True)
class Command:
    """The same from a terminal: a shell's line, and the lines of two programs.

    `sdk` is Python, `js` is JavaScript; it is empty if only Python can do it.
    """

    does: str
    line: str
    sdk: str
    js: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class QuizQuestion:
    """A question with one right choice; `experiment` is the slug of the one that shows it."""

    slug: str
    asks: str
    choices: tuple[str, ...]
    answer: int
    why: str
    experiment: str

    @property
    def right_choice(self) -> str:
        return self.choices[self.answer]


@dataclass(frozen=True)
class Sum:
    """A row of a calculation: its name, its working and its result."""

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
    before_js_3: str = ""
    sums: Callable[[], list[Sum]] | None = None
    assumed: str = ""

    def sending(self, slug: str) -> Sending:
        """Return the button of that name, or the first."""
        return next((each for each in self.sendings if each.slug == slug), self.sendings[0])
