"""Edits of `deploy/nats.conf`: a user, and one more subject in a list of a user that is there.

Each raises `LookupError` with what was looked for.
"""

from collections.abc import Sequence


def with_user(text: str, block: str, *, before: str) -> str:
    """Return the text with the block of a new user before that of the user `before`."""
    lines = text.splitlines(keepends=True)
    first, _ = _block(lines, before)
    return "".join([*lines[:first], block, *lines[first:]])


def with_right(text: str, *, user: str, right: str, subjects: Sequence[str]) -> str:
    """Return the text with these subjects in a user's list `publish`, `deny` or `subscribe`."""
    lines = text.splitlines(keepends=True)
    first, last = _block(lines, user)
    starts = ("publish: [", "allow: [") if right == "publish" else (f"{right}: [",)
    opened = next(
        (n for n in range(first, last) if lines[n].strip() in starts),
        None,
    )
    if opened is None:
        raise LookupError(f"a list {right} of the user {user}, over several lines,")
    closed = next(n for n in range(opened, last) if lines[n].strip() in ("]", "],"))
    indent = " " * (len(lines[closed]) - len(lines[closed].lstrip()) + 2)
    new = ",\n".join(f'{indent}"{subject}"' for subject in subjects) + "\n"
    before = max(n for n in range(opened, closed) if not _is_comment(lines[n]))
    lines[before] = _with_comma(lines[before])
    return "".join([*lines[:closed], new, *lines[closed:]])


def _block(lines: list[str], user: str) -> tuple[int, int]:
    """Return the first line of a user's block, and the one behind its last."""
    named = next((n for n, line in enumerate(lines) if f"user: {user}," in line), None)
    if named is None:
        raise LookupError(f"the user {user}")
    first = max(n for n in range(named) if lines[n] == "    {\n")
    last = min(n for n in range(named, len(lines)) if lines[n] == "    }\n")
    return first, last + 1


def _is_comment(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _with_comma(line: str) -> str:
    code, comment = line.rstrip("\n"), ""
    if "  #" in code:
        code, _, comment = code.partition("  #")
        comment = f"  #{comment}"
    has_comma = code.endswith((",", "["))
    return f"{code}{'' if has_comma else ','}{comment}\n"
