"""Which module the settings are in: ours, or the one that DJANGO_SETTINGS_MODULE names."""

import os
import sys
from importlib.util import find_spec

_OURS = "orders_site.settings"


def choose() -> None:
    """End the process by a line where another project's is left over in the shell."""
    name = os.environ.setdefault("DJANGO_SETTINGS_MODULE", _OURS)
    try:
        found = find_spec(name)
    except (ModuleNotFoundError, ValueError):  # Its package is not there; it is no name.
        found = None
    if not found:
        sys.exit(f"DJANGO_SETTINGS_MODULE={name} is no module here: unset it, ours is {_OURS}.")
