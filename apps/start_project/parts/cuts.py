"""What goes in a file that stays: lines, words, a function, a block, a section of a page.

A cut is looked up in the text as it is in the repository, and must be there once. So a table that
is out of date fails, and cuts of several parts cannot disturb each other.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from textwrap import indent

from apps.start_project.errors import TableOutOfDate


@dataclass(frozen=True, order=True)
class Change:
    """The characters from `start` to `end` become `new`."""

    start: int
    end: int
    new: str = ""


type Cut = Callable[[str], list[Change]]


def lines(text: str, new: str = "") -> Cut:
    """Whole lines that stand together; how far they are indented does not matter.

    The new lines are indented as the first one was.
    """
    wanted = "".join(rf"[ \t]*{re.escape(line.strip())}\n" for line in text.splitlines())
    return _found(rf"^(?P<indent>[ \t]*)(?=\S){wanted}", new and f"{new}\n", text)


def words(text: str, new: str = "", *, times: int = 1) -> Cut:
    """Words within a line or a paragraph, which may be wrapped; ` … ` stands for any between."""
    between, space = r"(?:.|\n)*?", r"(?: |\n[ ]*(?:(?:#|--|//) )?)"
    wrapped = between.join(re.escape(each).replace(r"\ ", space) for each in text.split(" … "))
    if new:
        return _found(wrapped, new, text, times=times)
    # A space goes with them, and the line if nothing is left of it.
    return _found(rf"^[ ]*{wrapped}[ ]*\n|[ ]?{wrapped}", "", text, times=times)


def marked(mark: str) -> Cut:
    """Lines that end in the comment, and those between `mark begins` and `mark ends`."""
    block = rf"^[ \t]*# {mark} begins\n(?:.*\n)*?[ \t]*# {mark} ends\n"
    return _found(rf"{block}|^.*(?:#|--) {mark}\n", "", mark, times=0)


def block(first: str, new: str = "") -> Cut:
    """A line that begins so, and those below that are indented deeper: a service, a list's item.

    The new lines are indented as the first one was.
    """
    return _found(
        rf"^(?P<indent>[ \t]*){re.escape(first)}.*\n"
        r"(?:(?P=indent)[ \t]+\S.*\n|\n(?=(?P=indent)[ \t]+\S))*",
        new and f"{new}\n",
        first,
    )


def paragraph(first: str) -> Cut:
    """A paragraph that begins so, with the empty line below."""
    return _found(rf"^{re.escape(first)}.*\n(?:.+\n)*\n?", "", first)


def section(heading: str) -> Cut:
    """A section of a page: its heading, and all until the next one of its rank or above."""

    def cut(text: str) -> list[Change]:
        page = _without_code(text)
        (start,) = _only(re.finditer(rf"^(#+) {re.escape(heading)}$", page, re.M), heading)
        after = re.compile(rf"^#{{1,{len(start[1])}}} ", re.M).search(page, start.end())
        return [Change(start.start(), after.start() if after else len(text))]

    return cut


def unit(name: str) -> Cut:
    """A function, a class or a constant of a module, or `Class.method`, with its comments."""

    def cut(text: str) -> list[Change]:
        body: list[ast.stmt] = ast.parse(text).body
        for part in name.split("."):
            (index,) = _only((i for i, node in enumerate(body) if part in _names(node)), name)
            node, after = body[index], body[index + 1 : index + 2]
            body = getattr(node, "body", [])
        if not isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ) and _is_sentence(after):
            last = after[0].end_lineno
        else:
            last = node.end_lineno
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
        every_line = text.splitlines(keepends=True)
        while first > 1 and every_line[first - 2].lstrip().startswith("#"):
            first -= 1
        return [Change(sum(map(len, every_line[: first - 1])), sum(map(len, every_line[:last])))]

    return cut


def _found(pattern: str, new: str, what: str, *, times: int = 1) -> Cut:
    """Return a cut of what the pattern finds so many times; 0 stands for at least once."""

    def cut(text: str) -> list[Change]:
        found = [
            Change(*each.span(), new and indent(new, each.groupdict().get("indent", "")))
            for each in re.finditer(pattern, text, re.M)
        ]
        if len(found) != times if times else not found:
            raise TableOutOfDate(f"{what!r} is there {len(found)} times, and not {times or 'once'}")
        return found

    return cut


def _only[T](found: Iterable[T], what: str) -> list[T]:
    there = list(found)
    if len(there) != 1:
        raise TableOutOfDate(f"{what!r} is there {len(there)} times, and not once")
    return there


def _without_code(page: str) -> str:
    """Return the page with blanks for its blocks of code, in which `#` is no heading."""
    return re.sub(r"^```.*?^```$", lambda found: " " * len(found[0]), page, flags=re.M | re.S)


def _names(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            yield from (each.id for each in targets if isinstance(each, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def _is_sentence(below: list[ast.stmt]) -> bool:
    """Return whether a string stands below a constant, to explain it."""
    return any(isinstance(each, ast.Expr) and _is_text(each.value) for each in below)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
