"""The keys of log lines: one name for one thing in every process, as docs/tracing.md lists them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from apps.messaging.names import KEY

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "tracing.md").read_text()
LISTED = {
    key
    for row in re.findall(r"^\| (`.+?`) \|", PAGE, re.MULTILINE)
    for key in re.findall(r"`(\w+)`", row)
}
BY_THE_FORMATTER = {"trace_id", "span_id"}
FACTS = {
    # How many of what, in a line that sums up.
    *("failures", "files", "jobs", "lost", "mails", "messages", "photos", "renditions", "requests"),
    *("rows", "size", "tasks", "times", "tries", "uncounted"),
    # What one line is about, and no other.
    *("action", "batch", "copy_of", "day", "delay", "file", "first", "from_file", "host"),
    *("instance", "key", "limit", "path", "point", "port", "price", "stack", "status", "to"),
    *("table", "verdict", "what", "work"),
    "parcel",  # Of docs/first-event.md.
}
"""Keys of single lines. Of a thing that the page lists, none is a second name: see there first."""


def keys_of(module: ast.Module) -> Iterator[str]:
    """Yield the keys that the module gives its lines, by `extra` or by what becomes it."""
    for node in ast.walk(module):
        given: list[ast.AST] = []
        if isinstance(node, ast.Call):
            given = [word.value for word in node.keywords if word.arg == "extra"]
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            given = [node.value] if node.targets[0].id in {"extra", "fields", "facts"} else []
        elif isinstance(node, ast.FunctionDef) and node.name == "log_fields":
            given = [node]
        for each in (part for root in given for part in ast.walk(root)):
            if isinstance(each, ast.Dict):
                yield from (str(key.value) for key in each.keys if isinstance(key, ast.Constant))


def keys() -> set[str]:
    files = (
        file
        for folder in ("apps", "orders_site", "workers")
        for file in (ROOT / folder).rglob("*.py")
    )
    # What stands in a copy's place is code of the copy, and not of this project.
    texts = (file.read_text() for file in files if "instead" not in file.parts)
    return {key for text in texts if "logger." in text for key in keys_of(ast.parse(text))} | {KEY}


def test_each_key_of_a_line_is_listed_or_a_fact_of_that_line() -> None:
    assert keys() - LISTED - FACTS == set(), "a row of docs/tracing.md, or a word of FACTS"
    assert LISTED.isdisjoint(FACTS)


def test_each_key_that_the_page_lists_is_written() -> None:
    assert LISTED - BY_THE_FORMATTER - keys() == set()
