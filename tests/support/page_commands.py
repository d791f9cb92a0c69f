"""What the pages tell a reader to type: lines of blocks, and commands within sentences."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [
    str(page.relative_to(ROOT))
    for folder in (".", "docs", "examples")  # A copy has no examples.
    for page in sorted(ROOT.glob(f"{folder}/*.md"))
    if page.name not in ("AGENTS.md", "CHANGELOG.md", "SECURITY.md")
]
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
OF_A_SHELL = ("sh", "bash", "console", "shell")
PROMPT = re.compile(r"^ *\$ (.+)$", re.MULTILINE)
IN_A_SENTENCE = re.compile(r"`([^`\n]+)`")
TOOLS = re.compile(
    r"(?:[A-Z_]+=\S+ )*(?:make|docker|nats|nats-server|aws|curl|p?kill|git|eval|npm|pip|apt-get"
    r"|pg_\w+|psql|sed|sh|export|\S*python|\.ci/\S+|deploy/\S+\.sh) [^…]+"
)
"""A tool and what it shall do, without a gap for the reader."""
COMMENT = re.compile(r"\s+# .*$")


def commands() -> Iterator[tuple[str, str]]:
    """Yield page and command, without comments; each once for a page."""
    for page in PAGES:
        text = (ROOT / page).read_text()
        found = [*in_blocks(page, text), *in_sentences(BLOCK.sub("", text))]
        yield from ((page, command) for command in dict.fromkeys(found))


def in_blocks(page: str, text: str) -> Iterator[str]:
    """Yield the commands of a page's blocks: behind a `$`, or all lines of a shell's block."""
    for _, language, block in BLOCK.findall(text):
        if language in OF_A_SHELL:
            yield from whole(page, block)
        elif not language:
            yield from (COMMENT.sub("", line) for line in PROMPT.findall(block))


def whole(page: str, block: str) -> Iterator[str]:
    """Yield the commands of a block; one may go on in the next lines."""
    command = ""
    for line in block.splitlines():
        command = f"{command}\n{line}".lstrip()
        if is_whole(command):
            yield COMMENT.sub("", command)
            command = ""
    assert not command, f"{page} has a command without an end: {command}"


def is_whole(command: str) -> bool:
    """Return whether a shell would run the command, and not wait for its next line."""
    try:
        shlex.split(command, comments=True)
    except ValueError:
        return False
    return not command.endswith("\\")


def in_sentences(text: str) -> Iterator[str]:
    """Yield the commands between back quotes; less than three words only name a tool."""
    for found in IN_A_SENTENCE.findall(text):
        words = found.split()
        if TOOLS.fullmatch(found) and (words[0] == "make" or len(words) > 2) and "|" not in words:
            yield COMMENT.sub("", found).removesuffix(" \\")  # A cell has its other lines.
