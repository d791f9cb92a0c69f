"""The real `nats` and `aws` beside the terminal of the page: names and layout, not the figures."""

import re
from dataclasses import dataclass
from pathlib import Path

from apps.lab.terminal.tool import ToolCommand
from apps.lab.terminal.tools import TOOLS
from apps.lab.terminal.words import VARIABLES, words_of
from apps.messaging.brokers.addresses import variables
from tests.acceptance.clients import AWS, SHELL
from tests.acceptance.typed import Typed
from tests.lab.terminal.typing import typed

FIGURES = re.compile(
    r"[0-9a-f-]{32,}|\b[A-Za-z0-9]{20,}\b|\d[\d.,:]*(?:(?:[µnm]?s|[mhd])(?![a-z]))?|─+"
)
"""What differs from one run to the next: numbers, units of time, widths, ids."""
HEADERS = re.compile(r"(?:^[A-Z][\w-]*: .*\n){2,}", re.MULTILINE)
AT_AN_ERROR = re.compile(r"^.*(error:|Unknown options:|An error occurred).*$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A line that has ended in a real terminal."""

    code: int
    text: str


@dataclass(frozen=True, kw_only=True)
class RealTerminal:
    """A shell with both programs, and the addresses of the brokers."""

    folder: Path

    def start(self, line: str, **exports: str) -> Typed:
        """Start a line; who starts it stops it."""
        client = AWS if line.startswith("aws") else SHELL
        client.check()
        known = variables(site="SHOP_URL", queue="jobs", as_user=False)
        return client.type(line, goes_on=False, folder=self.folder, exports={**known, **exports})

    def typed(self, line: str, **exports: str) -> Ended:
        """Run a line to its end."""
        running = self.start(line, **exports)
        try:
            return Ended(code=running.ended(within=60), text=running.printed)
        finally:
            running.stop()


def shape(text: str) -> str:
    """Return a text without its figures; its headers are sorted, as `nats` prints a map of Go."""
    text = HEADERS.sub(lambda found: "".join(sorted(found[0].splitlines(True))), f"{text}\n")
    return re.sub(" +", " ", FIGURES.sub(" ", text)).strip()


def error_of(text: str) -> str:
    """Return the line of a text that says what was wrong."""
    found = AT_AN_ERROR.search(text)
    assert found, text
    return found[0].strip()


def command_of(line: str) -> ToolCommand:
    """Return the command of a line, as the table of its program has it."""
    name, *words = words_of(line, dict.fromkeys(VARIABLES, "set"))
    return TOOLS[name].command_of(words)[0]


def compare(line: str, real: RealTerminal, *before: str) -> None:
    """Type a line into both, each time after those of `before`; both must print the same."""
    for each in before:
        typed(each)
    of_the_page = typed(line)
    for each in before:
        typed(each)
    of_the_command = real.typed(line)
    both = f"{of_the_page.text}\n---\n{of_the_command.text}"
    assert shape(of_the_page.text) == shape(of_the_command.text), both
    assert of_the_page.code == of_the_command.code
