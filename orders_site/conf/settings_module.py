"""Which module the settings are in: ours, or the one that somebody names instead."""

import os
import sys
from importlib import import_module

_OURS = "orders_site.settings"
_MEND = f"unset it, or name a module that begins with `from {_OURS} import *`."


def choose(by_option: str = "") -> None:
    """End the process by a line where another project's is named, or left over in the shell.

    `by_option` is what `manage.py --settings` names; it goes before DJANGO_SETTINGS_MODULE.
    """
    name = by_option or os.environ.get("DJANGO_SETTINGS_MODULE") or _OURS
    os.environ["DJANGO_SETTINGS_MODULE"] = name
    if name == _OURS:
        return
    given = f"{'--settings' if by_option else 'DJANGO_SETTINGS_MODULE'}={name}"
    try:
        module = import_module(name)
    except (ImportError, TypeError, ValueError) as error:  # The last two where it is no name.
        sys.exit(f"{given} cannot be imported ({error}): {_MEND}")
    if "apps.messaging" not in getattr(module, "INSTALLED_APPS", ()):
        sys.exit(f"{given} is not the shop's settings: {_MEND}")
