"""`python -m tests.grey.links PORT …`: links to these ports, in a process of their own.

In the process of the customers each byte would wait for Python's lock, beside requests and counts.
The process prints the ports of the links as JSON. Then it takes commands from its input, a line of
JSON for each, answers each with a line, and ends with its input.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import uvloop
from django.conf import settings

from tests.grey.link import Link


class Links:
    """Links by the name of what they lead to, in the process that `opened` has started."""

    def __init__(self, names: Sequence[str], process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._ports = dict(zip(names, json.loads(self._answer()), strict=True))

    def port(self, name: str) -> int:
        return int(self._ports[name])

    @contextmanager
    def late(self, name: str, seconds: float) -> Iterator[None]:
        """Delay each answer by that many seconds."""
        self._command(name, late=seconds)
        try:
            yield
        finally:
            self._command(name)

    @contextmanager
    def without_answers(self, name: str) -> Iterator[None]:
        """Let all requests through and no answer, until the end."""
        self._command(name, held=True)
        try:
            yield
        finally:
            self._command(name)

    def _command(self, name: str, *, late: float = 0.0, held: bool = False) -> None:
        """Return when the link obeys."""
        assert self._process.stdin
        place = list(self._ports).index(name)
        self._process.stdin.write(json.dumps({"place": place, "late": late, "held": held}) + "\n")
        self._process.stdin.flush()
        self._answer()

    def _answer(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the process of the links has ended"
        return line


@contextmanager
def opened(targets: Mapping[str, int]) -> Iterator[Links]:
    """Open a link to each port; `targets` maps name → port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.grey.links", *map(str, targets.values())],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,  # Ctrl-C leaves it alone: the demo needs it until its own end.
    )
    with process:
        yield Links(list(targets), process)


async def serve(targets: Sequence[int]) -> None:
    """Serve a link to each port until the input ends."""
    commands = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    links = [Link(target) for target in targets]
    for link in links:
        await link.listen()
    print(json.dumps([link.port for link in links]), flush=True)
    while line := await commands.readline():
        command = json.loads(line)
        link = links[command["place"]]
        link.late = command["late"]
        link.hold_answers(command["held"])
        print("done", flush=True)


if __name__ == "__main__":
    uvloop.run(serve([int(port) for port in sys.argv[1:]]))
