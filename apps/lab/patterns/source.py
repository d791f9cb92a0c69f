"""Source code for the pages: read from the files that run here, numbered and coloured."""

import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from pygments.lexer import Lexer
from pygments.lexers import BashLexer, JavascriptLexer, PythonLexer
from pygments.token import (
    Comment,
    Keyword,
    Literal,
    Name,
    Number,
    Operator,
    String,
    _TokenType,
)

CLASSES: tuple[tuple[_TokenType, str], ...] = (
    (Comment, "c"),
    (Literal.String.Doc, "c"),
    (Keyword, "k"),
    (Operator.Word, "k"),
    (Name.Decorator, "d"),
    (Name.Function, "f"),
    (Name.Class, "f"),
    (Name.Variable, "d"),
    (String, "s"),
    (Number, "n"),
)
"""The kinds of token that have a colour, and their class in code.css; the first that fits."""


@dataclass(frozen=True, kw_only=True)
class Code:
    """A function or class as it stands in its file."""

    name: str
    file: str
    first: int
    last: int
    text: str
    html: SafeString

    @property
    def anchor(self) -> str:
        return f"code-{self.name}".replace(".", "-").replace("_", "-").lower()


@cache
def code_of(thing: Any, points: frozenset[str] = frozenset()) -> Code:
    """Return the source of a function or class; lines that reach these hooks are marked.

    Raises `OSError` or `TypeError` if it has no source.
    """
    # Show the function inside its decorators.
    thing = inspect.unwrap(thing)
    lines, first = inspect.getsourcelines(thing)
    text = inspect.cleandoc("\n" + "".join(lines)) + "\n"
    path = Path(inspect.getsourcefile(thing) or "").resolve()
    return Code(
        name=f"{thing.__module__.rpartition('.')[2]}.{thing.__qualname__}",
        file=str(path.relative_to(settings.BASE_DIR)),
        first=first,
        last=first + len(lines) - 1,
        text=text,
        html=_numbered(text, first, {f'"{point}"' for point in points}),
    )


@cache
def behind(door: Any) -> tuple[list[Any], list[Any]]:
    """Return the private functions of its module that it calls, and those that these call."""
    called = _called(door)
    found, waiting = list(called), list(called)
    while waiting:
        new = [each for each in _called(waiting.pop(0)) if each not in found]
        found += new
        waiting += new
    return called, found[len(called) :]


def _called(caller: Any) -> list[Any]:
    caller = inspect.unwrap(caller)
    own = getattr(caller, "__globals__", {})
    named = [own.get(name) for name in _names(getattr(caller, "__code__", None))]
    return [
        each
        for each in named
        if inspect.isfunction(each)
        and each.__module__ == caller.__module__
        and each.__name__.startswith("_")
    ]


def _names(code: CodeType | None) -> list[str]:
    """Return the names in a function, and in the functions inside it."""
    if code is None:
        return []
    inner = [name for const in code.co_consts for name in _names(_as_code(const))]
    return list(dict.fromkeys([*code.co_names, *inner]))


def _as_code(const: object) -> CodeType | None:
    return const if isinstance(const, CodeType) else None


@cache
def reaches(thing: Any, point: str) -> bool:
    """Return whether the source names the hook."""
    return f'"{point}"' in inspect.getsource(inspect.unwrap(thing))


@cache
def python(text: str) -> SafeString:
    """Return Python, coloured."""
    return SafeString("\n".join(_coloured(text, PythonLexer())))


@cache
def javascript(text: str) -> SafeString:
    """Return JavaScript, coloured."""
    return SafeString("\n".join(_coloured(text, JavascriptLexer())))


@cache
def shell(text: str) -> SafeString:
    """Return lines of a shell, coloured."""
    return SafeString("\n".join(_coloured(text, BashLexer())))


def _numbered(text: str, first: int, marks: Iterable[str]) -> SafeString:
    return format_html_join(
        "\n",
        '<span class="line{}" data-line="{}">{}</span>',
        (
            (" line-here" if any(mark in plain for mark in marks) else "", number, html)
            for number, (plain, html) in enumerate(
                zip(text.splitlines(), _coloured(text, PythonLexer()), strict=True), first
            )
        ),
    )


def _coloured(text: str, lexer: Lexer) -> list[SafeString]:
    """Return the lines; a token that spans several is closed and opened again."""
    lines = [SafeString("")]
    for kind, value in lexer.get_tokens(text):
        name = next((name for known, name in CLASSES if kind in known), "")
        for number, part in enumerate(value.split("\n")):
            if number:
                lines.append(SafeString(""))
            lines[-1] += _span(name, part)
    return lines[:-1]  # The lexer adds a line end.


def _span(name: str, text: str) -> SafeString:
    return (
        format_html('<span class="{}">{}</span>', name, text) if name else format_html("{}", text)
    )
