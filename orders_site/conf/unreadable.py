"""The end of a process whose environment makes no sense: one line, and no traceback."""

from pathlib import Path

from orders_site.conf import readers


class Unreadable(SystemExit):
    """A variable is missing or makes no sense.

    Whoever starts a process, by manage.py, granian or Celery, then sees one line and no traceback.
    """


def content_of(variable: str, path: Path) -> str:
    try:
        return readers.content(path)
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{variable}={path} cannot be read: {error}") from None
