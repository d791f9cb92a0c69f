"""The names of a new message, in the forms that its places take."""

import keyword
import re
from pathlib import Path

from apps.scaffold.errors import UnfitName

LONGEST = 40
"""Letters of a subject or a queue: lines of files that have the name end before their limit."""
_WORD = r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*"
_SUBJECT = re.compile(rf"{_WORD}(?:\.{_WORD})+")
_QUEUE = re.compile(rf"{_WORD}")
NO_APPS = {
    "messaging",
    "demo",
    "lab",  # lab
    "scaffold",
}
"""Apps that have no message of the shop."""


def subject(text: str) -> str:
    """Return a subject like `orders.shipped`. Raises `UnfitName`."""
    _require(_SUBJECT, text, "is no subject like orders.shipped: take words of small letters")
    return text


def queue(text: str) -> str:
    """Return a queue's name like `invoice`. Raises `UnfitName`."""
    _require(_QUEUE, text, "is no queue like invoice: take small letters")
    return text


def app(text: str, root: Path) -> str:
    """Return the name of an app of the shop. Raises `UnfitName`."""
    folder = root / "apps" / text
    if text not in NO_APPS and folder.is_dir() and not (folder / "apps.py").is_file():
        raise UnfitName(
            f"apps/{text} has no apps.py: write one with its AppConfig, as other apps have, and "
            "name it in INSTALLED_APPS."
        )
    if text in NO_APPS or not folder.is_dir():
        raise UnfitName(f"{text!r} is no app of the shop: name one of the folders of apps/.")
    return text


def snake(text: str) -> str:
    """Return the name for modules and processes: `orders_shipped`."""
    return text.replace(".", "_")


def camel(text: str) -> str:
    """Return the name for classes: `StockLookup`."""
    return "".join(word.capitalize() for word in re.split(r"[._]", text))


def event_class(text: str) -> str:
    """Return the class of an event, whose first word is one of its things: `OrderShipped`."""
    first, *rest = text.split(".")
    return camel(".".join([_singular(first), *rest]))


def _singular(word: str) -> str:
    """Return `delivery` of `deliveries`, `box` of `boxes`; `status` and `news` stay."""
    if word in {"news", "series"} or re.search(r"(ss|us|is)$", word):
        return word
    for ending, single in ((r"ies$", "y"), (r"(?<=x|z)es$|(?<=ch|sh|ss)es$", "")):
        if re.search(ending, word):
            return re.sub(ending, single, word)
    return re.sub(r"(?<=[a-z]{2})s$", "", word)


def sentence(text: str) -> str:
    """Return the name as words: `orders shipped`."""
    return re.sub(r"[._]", " ", text)


def _require(form: re.Pattern[str], text: str, problem: str) -> None:
    if not form.fullmatch(text) or len(text) > LONGEST:
        raise UnfitName(f"{text!r} {problem}, digits and single _ between, {LONGEST} at most.")
    if any(keyword.iskeyword(word) for word in text.split(".")):
        raise UnfitName(f"{text!r} has a word of Python: choose another one.")
