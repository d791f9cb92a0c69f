"""The name of a new project, in the forms that its places take."""

import importlib.util
import keyword
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from apps.start_project.errors import BadName

LONGEST = 20
"""Letters: lines of comments and texts that have the name end before their limit."""

_FORM = re.compile(r"[a-z][a-z0-9]+(_[a-z0-9]+)*")
_ROLES = ("postgres", "public", "none", "pg", "template0", "template1")
"""Databases and roles that each PostgreSQL has; `pg_` begins only its own."""
_USERS = (
    *("root", "daemon", "bin", "sys", "sync", "games", "man", "lp", "mail", "news", "uucp"),
    *("proxy", "backup", "list", "irc", "nobody"),
)
"""Users of Debian, on which the image is built: it adds one with the project's name."""
_YAML = ("no", "off", "on", "yes", "true", "false", "null")
"""A file of compose or of NATS would read another value there."""
_SQL = """
all analyse analyze and any array as asc asymmetric authorization binary both case cast check
collate collation column concurrently constraint create cross current_catalog current_date
current_role current_schema current_time current_timestamp current_user default deferrable desc
distinct do else end except false fetch for foreign freeze from full grant group having ilike in
initially inner intersect into is isnull join lateral leading left like limit localtime
localtimestamp natural not notnull null offset on only or order outer overlaps placing primary
references returning right select session_user similar some symmetric system_user table
tablesample then to trailing true union unique user using variadic verbose when where window
with
"""
"""The reserved words of PostgreSQL 17: no name of a database unless in quotes."""


@dataclass(frozen=True)
class ProjectName:
    """A name that every place accepts, like `tea_house`."""

    package: str

    @property
    def dashed(self) -> str:
        """For hosts, images, buckets, queues and pyproject.toml: `tea-house`."""
        return self.package.replace("_", "-")

    @property
    def title(self) -> str:
        """For pages: `Tea house`."""
        return self.package.replace("_", " ").capitalize()

    @property
    def camel(self) -> str:
        """For a class: `TeaHouse`."""
        return "".join(word.capitalize() for word in self.package.split("_"))


def project_name(text: str, *, root: Path, labels: Collection[str]) -> ProjectName:
    """Return the name. Raises `BadName` with what to do.

    `root` is the repository; `labels` are those of Django's apps.
    """
    if not _FORM.fullmatch(text) or len(text) > LONGEST:
        raise BadName(
            f"{text!r} does not fit a Python package, a role of PostgreSQL and a host: take 2 to "
            f"{LONGEST} small letters and digits, a letter first, with single _ between words."
        )
    reserved = keyword.iskeyword(text) or keyword.issoftkeyword(text)
    if reserved or text.startswith("pg_") or text in {*_SQL.split(), *_ROLES, *_YAML}:
        raise BadName(
            f"{text} means something else to Python, PostgreSQL or YAML: add a word to it."
        )
    if text in _USERS:
        raise BadName(f"{text} is a user of the image's Debian already: choose another name.")
    if text in labels or text in _taken(root):
        raise BadName(f"{text} is the name of a part of this project: choose another one.")
    if importlib.util.find_spec(text):
        raise BadName(f"{text} is a package that Python has already: choose another name.")
    return ProjectName(text)


def _taken(root: Path) -> set[str]:
    """Return the names in the folders into which the package and its tests go, without suffixes."""
    folders = (root, root / "apps", root / "tests")
    return {path.name.partition(".")[0] for folder in folders for path in folder.iterdir()}
