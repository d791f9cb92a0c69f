"""What a copy has not: this command, pages that teach, their lines, and our changelog."""

import re
from pathlib import PurePosixPath

COMMAND = "start_project"
EXAMPLES = PurePosixPath("examples")
TEACHING = ("which-one-when.md", "production-reality.md")
"""Pages of `docs` that teach the patterns on this shop, as the examples do."""
FILES = (
    PurePosixPath("apps", COMMAND),
    PurePosixPath("tests", COMMAND),
    PurePosixPath("docs", "upgrading.md"),
    EXAMPLES,
    PurePosixPath("tests", "lab", "experiments", "test_links_of_pages.py"),
    PurePosixPath("tests", "test_examples.py"),
    *(PurePosixPath("docs", page) for page in TEACHING),
)
CHANGELOG = PurePosixPath("CHANGELOG.md")
STAMP = PurePosixPath(".started-from")

_LINKED = "|".join(map(re.escape, TEACHING))
_NAMED = re.compile(
    rf"{COMMAND}|\]\((?:\.\./)*(?:{EXAMPLES}/README\.md|(?:docs/)?(?:{_LINKED}))\)|\"{EXAMPLES}/\*\*\""
    rf"|<code>(?:{EXAMPLES}/README\.md|docs/(?:{_LINKED}))</code>"
)
"""In a line: the command, one of those pages by its link or name, ruff's rules for the examples."""

NEW_CHANGELOG = f"""\
# Changelog

The format is that of [Keep a Changelog](https://keepachangelog.com/en/1.1.0/). Versions follow
[Semantic Versioning](https://semver.org/).

## [Unreleased]

### Added

- The project. The file `{STAMP}` names what it was started from.
"""


def is_left_out(path: PurePosixPath) -> bool:
    """Return whether the copy does not have the file. A copy is a project, and no template."""
    return path == STAMP or any(path.is_relative_to(each) for each in FILES)


def without_the_command(text: str, path: PurePosixPath) -> str:
    """Return the file's text without the command.

    A section of a page goes if its heading names the command, and so does every other line that
    does. So a list that names it elsewhere has one entry in a line.
    """
    if path.suffix == ".md":
        section = rf"^(#+) .*{COMMAND}.*\n(?:(?!#{{1,6}} ).*\n)*"
        text = re.sub(section, "", text, flags=re.MULTILINE)
    kept: list[str] = []
    is_gone = False
    for line in text.splitlines(keepends=True):
        if _NAMED.search(line):
            is_gone = True
            continue
        # A paragraph that goes takes one of the empty lines around it along.
        if not (is_gone and line == "\n" and kept and kept[-1] == "\n"):
            kept.append(line)
        is_gone = False
    return "".join(kept)
