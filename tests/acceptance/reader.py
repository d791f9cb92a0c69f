"""A reader of a page who types or copies its lines into a terminal, one after the other."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.acceptance.addresses import Addresses
from tests.acceptance.clients import Client
from tests.acceptance.shop import Shop
from tests.acceptance.terminal_page import Row
from tests.acceptance.typed import Typed
from tests.support.waiting import eventually

WITHIN = 60.0
HANDLE = re.compile(r"""ReceiptHandle["']?: *["']([^"']+)|^\{.*\} (\S+)$""", re.MULTILINE)
"""A receipt handle as the clients print it: as a field, or behind the body."""


class Reader:
    """A person with a terminal who types the lines of a column one after the other."""

    def __init__(self, client: Client, folder: Path, exports: dict[str, str]) -> None:
        self.client = client
        self._folder = folder
        self._exports = exports
        self._going_on: list[Typed] = []

    def start(self, row: Row) -> Typed:
        lines = row.lines[self.client.language]
        goes_on = row.goes_on(self.client.language)
        typed = self.client.type(lines, goes_on=goes_on, folder=self._folder, exports=self._exports)
        self._going_on.append(typed)
        return typed

    def type(self, row: Row) -> Typed:
        """Type a line and wait for its end, which is a good one unless it shows an error."""
        typed = self.start(row)
        code = typed.ended(within=WITHIN)
        assert code == 0 or (row.sees and typed.shows(*row.sees)), typed.printed
        # What it has printed is copied into the next line, as the page says.
        if handle := HANDLE.search(typed.printed):
            self._exports["RECEIPT_HANDLE"] = handle[1] or handle[2]
        return typed

    def stop(self) -> None:
        for typed in self._going_on:
            typed.stop()


@contextmanager
def reading(client: Client, folder: Path, exports: dict[str, str]) -> Iterator[Reader]:
    client.check()
    reader = Reader(client, folder, dict(exports))
    try:
        yield reader
    finally:
        reader.stop()


@contextmanager
def queue_for_ourselves(is_wanted: bool, addresses: Addresses) -> Iterator[None]:
    """Keep `image_resizer` from the queue of jobs meanwhile, as the page says how to.

    In the end no job is left of the page: it sends one, receives it, and deletes it for good.
    """

    def in_the_queue() -> int:
        queues = Shop(addresses.url).get("/api/status").json["queues"]
        return sum(each["visible"] + each["in_flight"] for each in queues if each["name"] == "jobs")

    if not is_wanted or addresses.manage is None:
        yield
        return
    addresses.manage("fault", "on", "job.polling", "skip", "--for", "600")
    try:
        before = in_the_queue()
        yield
        eventually(lambda: in_the_queue() <= before, within=WITHIN, what="the job is deleted")
    finally:
        addresses.manage("fault", "off")
