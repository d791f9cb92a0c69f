"""The table of this project's names: where each stands, and what stands there in a copy.

The text around a name tells it from the word: a role `shop_app` changes, a sentence about the shop
does not. A new name in a file that matches no row is found by tests/start_project.
"""

import re
from collections.abc import Callable
from pathlib import PurePosixPath

from apps.start_project.project_name import ProjectName

type Form = Callable[[ProjectName], str]


def _package(name: ProjectName) -> str:
    return name.package


def _dashed(name: ProjectName) -> str:
    return name.dashed


def _title(name: ProjectName) -> str:
    return name.title


def _camel(name: ProjectName) -> str:
    return name.camel


def _after(*texts: str) -> str:
    """Return a pattern that fits behind any of the texts."""
    return "(?:" + "|".join(f"(?<={text})" for text in texts) + ")"


_NO_LETTER_BEFORE = rf"(?:(?<![\w-])|{_after(r'\\b')})"
"""Also where a regular expression begins a word."""

_COMPOSE = _after("^name: ", '"name": "', "COMPOSE_PROJECT_NAME:-", "COMPOSE_PROJECT_NAME=")
_IN_SQL = _after("DATABASE ", r"\\connect ", "'(?=shop' NOT IN)")
_IN_COMPOSE = _after("POSTGRES_USER: ", "POSTGRES_DB: ", "--username=", r'\(port, "')
_IN_DOCKERFILE = _after("--owner=", "--group=", "USER ", "create-home ")

RENAMES: list[tuple[str, str, Form]] = [
    ("package, its checks, its tests' folder", "orders_site", _package),
    ("distribution", "orders-site", _dashed),
    ("title, and the brand on the pages", "Orders site|Outpost", _title),
    ("class of the package's app", "OrdersSite(?=Config)", _camel),
    ("project and images of compose", rf"{_COMPOSE}(?:orders|shop)", _dashed),
    ("prefix of headers", r"shop(?=-redrive)", _package),
    ("prefix of the wire's names", rf"{_after('"prefix": "')}shop", _package),
    ("title of the contracts", rf"{_after('Messages of ')}shop\b", _package),
    ("prefix of a message's type", r"shop(?=\.(?:orders\.|\{subject\}))", _package),
    ("roles, metrics, accounts", rf"{_NO_LETTER_BEFORE}shop(?=_)", _package),
    ("hosts, mail addresses", r"(?<![\w-])shop(?=\.example|\.test\b|\.internal|@ex)", _dashed),
    ("bucket, queues, temporary folders", r"(?<![\w-])shop(?=-[a-z{])", _dashed),
    ("files that are mounted", rf"{_after('/')}shop(?=\.(?:conf|sql)\b)", _dashed),
    ("dump of the database", r"\bshop(?=\.dump\b)", _dashed),
    ("user in an address", rf"{_after('://')}shop(?=:)", _package),
    ("database in SQL", rf"{_IN_SQL}shop\b", _package),
    ("database and superuser in compose, database in tests", rf"{_IN_COMPOSE}shop\b", _package),
    ("server of NATS", rf"{_after('server_name: ')}shop\b", _package),
    ("user in the image", rf"{_IN_DOCKERFILE}shop\b", _package),
    ("prompt of the terminal", rf"{_after("PS1='")}shop\b", _package),
]
"""What has the name, the pattern of the name in its text, the form of the new one."""

DATABASE_ADDRESS = r"(?:postgres|mysql)://[^\s\"'`]+"
"""The user and the database in it are names."""

AS_THEY_ARE = {
    "LICENSE": "its copyright stays, as the licence asks",
    "findings": "they show packages and servers without the shop",
}
"""File or folder → why no name in it changes."""

_BEGINS = r"(?=orders|Orders|Outpost|shop|postgres|mysql)"
"""How each of them begins: where nothing begins so, the table is not gone through."""

_PATTERN = re.compile(
    _BEGINS
    + "(?:"
    + "|".join(
        [
            f"(?P<address>{DATABASE_ADDRESS})",
            *(f"(?P<row_{row}>{pattern})" for row, (_, pattern, _) in enumerate(RENAMES)),
        ]
    )
    + ")",
    re.MULTILINE,
)


def renamed(text: str, name: ProjectName) -> str:
    """Return the text with the new project's names; each is replaced once, in one pass."""

    def new(found: re.Match[str]) -> str:
        kind = str(found.lastgroup)
        if kind == "address":
            return re.sub(r"\bshop(?![a-z.-])", name.package, found[0])
        return RENAMES[int(kind.removeprefix("row_"))][2](name)

    return _PATTERN.sub(new, text)


def renamed_path(path: PurePosixPath, name: ProjectName) -> PurePosixPath:
    """Return the path of a file in the copy: only the package's folders change."""
    return PurePosixPath(*(name.package if part == "orders_site" else part for part in path.parts))


def keeps_names(path: PurePosixPath) -> bool:
    """Return whether no name in this file changes (`AS_THEY_ARE`)."""
    return path.parts[0] in AS_THEY_ARE
