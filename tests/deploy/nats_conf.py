"""`deploy/nats.conf` as a table: the subjects that each user may publish and subscribe to."""

import re
from dataclasses import dataclass
from typing import NamedTuple

_LIST = r"\[[^\]]*\]"
_PUBLISH = re.compile(
    rf"publish: (?:(?P<plain>{_LIST})"
    rf"|\{{(?:\s*allow: (?P<allow>{_LIST}))?(?:\s*deny: (?P<deny>{_LIST}|\"[^\"]*\"))?\s*\}})"
)
_LAB_LINES = re.compile(r"^[^\n]*# lab\n", re.M)
_LAB_BLOCKS = re.compile(r"^\s*# lab begins\n.*?^\s*# lab ends\n", re.M | re.S)


class Subscription(NamedTuple):
    """A subject, and the only queue group that may subscribe to it."""

    subject: str
    queue: str = ""


@dataclass(frozen=True)
class Rights:
    """Patterns; the server denies a subject that is both allowed and denied."""

    publish: tuple[str, ...]
    denied: tuple[str, ...]
    subscribe: tuple[Subscription, ...]
    answers: bool

    def may_publish(self, subject: str) -> bool:
        return _any(self.publish, subject) and not _any(self.denied, subject)

    def may_subscribe(self, wish: Subscription) -> bool:
        """If a queue group is named for a subject, only that group may subscribe to it."""
        matching = [each for each in self.subscribe if matches(each.subject, wish.subject)]
        groups = {each.queue for each in matching if each.queue}
        if wish.queue and groups:
            return wish.queue in groups
        return any(not each.queue for each in matching)


def without_lab(config: str) -> str:
    """Return the file as the commands of docs/lab.md leave it."""
    shorter = _LAB_LINES.sub("", _LAB_BLOCKS.sub("", config))
    return shorter.replace("# Without the lab: ", "")


def rights_of_users(config: str) -> dict[str, Rights]:
    """Return the rights of each user that the text of the file names."""
    lines = [line.partition(" #")[0] for line in config.splitlines()]
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    parts = re.split(r"\buser: (\w+)", text)[1:]
    return {user: _rights(block) for user, block in zip(parts[::2], parts[1::2], strict=True)}


def matches(pattern: str, subject: str) -> bool:
    """Whether a subject without wildcards is one of the pattern's."""
    wanted, said = pattern.split("."), subject.split(".")
    for place, token in enumerate(wanted):
        if token == ">":
            return len(said) > place
        if place >= len(said) or token not in ("*", said[place]):
            return False
    return len(wanted) == len(said)


def example_of(pattern: str) -> str:
    """Return a subject that the pattern matches."""
    return pattern.replace("*", "any").replace(">", "any.thing")


def _any(patterns: tuple[str, ...], subject: str) -> bool:
    return any(matches(pattern, subject) for pattern in patterns)


def _rights(block: str) -> Rights:
    found = _PUBLISH.search(block)
    subscribed = re.search(r"subscribe: (\[.*?\])", block, re.S)
    assert subscribed, block
    published = _quoted(found["allow"] or found["plain"]) if found else ()
    subscriptions = (Subscription(*each.split()) for each in _quoted(subscribed[1]))
    return Rights(
        publish=published,
        denied=_quoted(found["deny"]) if found else (),
        subscribe=tuple(subscriptions),
        answers=any(each.startswith("_INBOX") for each in published),
    )


def _quoted(text: str | None) -> tuple[str, ...]:
    return tuple(re.findall(r'"([^"]+)"', text or ""))
