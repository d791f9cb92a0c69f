"""The report of the doctor: a line for each finding, or JSON for scripts."""

import json
from collections.abc import Callable, Iterable, Sequence

from apps.messaging.finding import Finding, Health

_SHOP = "the shop that this shell's variables name"
_WORDS = {"ok": "ok", "skipped": "skipped", "warning": "warning", "broken": "BROKEN"}


def lines(
    found: Sequence[Finding], paint: Callable[[Health, str], str] = lambda _, text: text
) -> list[str]:
    """Return them aligned; `paint` colours the word of a state."""
    width = max((len(each.name) for each in found if len(each.name) <= 24), default=0)
    return [
        f"{paint(each.state, _WORDS[each.state].ljust(7))}  {_plain(each.name).ljust(width)}  "
        f"{_plain(each.seen)}{_mend(each)}"
        for each in found
    ]


def as_text(
    found: Sequence[Finding],
    *,
    of_the_demo: bool,
    paint: Callable[[Health, str], str] = lambda _, text: text,
) -> str:
    """Return what was looked at, and the lines; `summary` comes after them."""
    about = f"the demo on this machine; DEMO=false looks at {_SHOP}" if of_the_demo else _SHOP
    return "\n".join([f"Looked at: {about}", "", *lines(found, paint), ""])


def summary(found: Iterable[Finding]) -> str:
    """Return the counts in words; the exit code is 1 if something is broken."""
    states = [each.state for each in found]
    bad, odd = states.count("broken"), states.count("warning")
    warnings = f"{odd} warning{'s' if odd != 1 else ''}" if odd else ""
    if bad:
        return f"{bad} broken{', ' if warnings else ''}{warnings}"
    return f"nothing is broken, {warnings}" if warnings else "all well"


def is_broken(found: Iterable[Finding]) -> bool:
    return any(each.state == "broken" for each in found)


def as_json(found: Sequence[Finding], *, of_the_demo: bool) -> str:
    """Return `{"looked_at", "well", "findings"}`; `well` is false if something is broken."""
    content = {
        "looked_at": "demo" if of_the_demo else "deployment",
        "well": not is_broken(found),
        "findings": [each._asdict() for each in found],
    }
    return json.dumps(content, indent=2)


def _mend(finding: Finding) -> str:
    return f" -> {_plain(finding.mend)}" if finding.mend else ""


def _plain(text: str) -> str:
    """Return it in one line, without control characters."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
