"""Ends a process whose environment is invalid, with one line and no traceback."""

from pathlib import Path

from orders_site.conf import readers


class Unreadable(SystemExit):
    """A variable is missing or invalid.

    The operator then sees one line and no traceback, from manage.py, granian and Celery alike.
    """


def content_of(variable: str, path: Path) -> str:
    try:
        return readers.content(path)
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{variable}={path} cannot be read: {error}") from None
