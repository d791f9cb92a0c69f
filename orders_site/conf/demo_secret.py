"""The demo's secret key, which is stored so that sessions survive a restart."""

import secrets
from pathlib import Path

from apps.messaging import kept_file
from orders_site.conf.unreadable import Unreadable


def demo_secret_key(demo_dir: Path, *, keep: bool = False) -> str:
    """Return the stored key.

    If there is none yet, return a new one, and store it only with `keep`. `manage.py demo` stores
    its key once it is sure that it will run, so that a command that fails, or only reads, leaves no
    file behind.
    """
    path, key = demo_dir / "secret_key", secrets.token_urlsafe(50)
    try:
        if keep:
            demo_dir.mkdir(parents=True, exist_ok=True)
            return kept_file.keep(path, key)
        return kept_file.kept(path) or key
    except OSError as error:
        raise Unreadable(
            f"DEMO_DIR={demo_dir} cannot be used ({error.strerror}): name another folder."
        ) from None
