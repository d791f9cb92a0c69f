"""What a copy has not: this command, its tests and page, its lines elsewhere, our changelog."""

import re
from pathlib import PurePosixPath

COMMAND = "start_project"
OF_THE_COMMAND = (
    PurePosixPath("apps", COMMAND),
    PurePosixPath("tests", COMMAND),
    PurePosixPath("docs", "upgrading.md"),
)
CHANGELOG = PurePosixPath("CHANGELOG.md")
STAMP = PurePosixPath(".started-from")

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
    return path == STAMP or any(path.is_relative_to(each) for each in OF_THE_COMMAND)


def without_the_command(text: str, path: PurePosixPath) -> str:
    """Return the file's text without the command.

    A section of a page goes if its heading names the command, and so does every other line that
    does. So a list that names it elsewhere has one entry in a line.
    """
    if COMMAND not in text:
        return text
    if path.suffix == ".md":
        section = rf"^(#+) .*{COMMAND}.*\n(?:(?!#{{1,6}} ).*\n)*"
        text = re.sub(section, "", text, flags=re.MULTILINE)
    return "".join(line for line in text.splitlines(keepends=True) if COMMAND not in line)
