"""A line of the terminal as a test types it, without a page."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

from apps.lab.terminal.interpreter import run_line
from apps.messaging.brokers.addresses import shell_queue_url
from tests.support.waiting import eventually


@dataclass
class Paper:
    """What a line prints, and the variables that it sets."""

    lines: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    code: int | None = None

    def say(self, text: str = "") -> None:
        self.lines.append(text)

    def set(self, name: str, value: str) -> None:
        self.variables[name] = value

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def typed(line: str, **variables: str) -> Paper:
    """Run a line to its end."""
    paper = Paper()
    known = {"Q": shell_queue_url("jobs"), **variables}
    paper.code = asyncio.run(run_line(line, known, paper))
    return paper


def done(line: str, **variables: str) -> str:
    """Run a line that must do what it says; return what it has printed."""
    paper = typed(line, **variables)
    assert paper.code == 0, paper.text
    return paper.text


@contextmanager
def going_on(line: str, *, until: str) -> Iterator[Paper]:
    """Run a line in a thread until the block ends, as Ctrl-C does; begin once it has printed."""
    paper, loop = Paper(), asyncio.new_event_loop()
    task = loop.create_task(run_line(line, {}, paper))

    def run() -> None:
        loop.run_until_complete(asyncio.wait({task}))
        if not task.cancelled():
            paper.code = task.result()

    thread = Thread(target=run)
    thread.start()
    try:
        eventually(lambda: until in paper.text, what=lambda: paper.text)
        yield paper
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(30)
        loop.close()
