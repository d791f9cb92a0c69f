"""The log level while a process runs: a file sets it for a quarter of an hour, without a restart.

A process looks at the file at each of its heartbeats, and `web`, which has none, at a request.
"""

import logging
import time
from pathlib import Path
from stat import S_ISREG

from django.conf import settings

HOLDS_SECONDS = 900.0
"""So long after the file's last change its level holds; then that of `LOG_LEVEL` is back."""
LOOK_EVERY_SECONDS = 2.0
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LONGEST = 16
"""Bytes that are read of the file."""

logger = logging.getLogger(__name__)


class _Level:
    """The level that this process has now, and when it looked at the file last."""

    text = ""
    looked_at = 0.0


def look(**_: object) -> None:
    """Set the level that the file asks for, if two seconds have passed since the last look."""
    now = time.monotonic()
    if now < _Level.looked_at + LOOK_EVERY_SECONDS:
        return
    _Level.looked_at = now
    text = _asked_for(Path(settings.LIVE_LOG_LEVEL_FILE))
    if text == _Level.text:
        return
    _Level.text = text
    if text and text not in LEVELS:
        extra = {"file": settings.LIVE_LOG_LEVEL_FILE, "error": f"write one of {', '.join(LEVELS)}"}
        logger.warning("log level not set", extra=extra)
        return
    level = text or settings.LOG_LEVEL
    logging.getLogger().setLevel(level)
    # At this level no setting hides it: somebody waits for this line.
    logger.critical("log level set", extra={"to": level, "from_file": bool(text)})


def _asked_for(path: Path) -> str:
    """Return what the file says; nothing if there is none, it is too old, or no plain file."""
    try:
        found = path.stat()
        # A pipe would be waited for.
        if not S_ISREG(found.st_mode) or time.time() - found.st_mtime > HOLDS_SECONDS:
            return ""
        with path.open(errors="replace") as file:
            return file.read(LONGEST).strip().upper()
    except OSError:
        return ""
