"""Chooses the settings module: `orders_site.settings`, or one that the operator names."""

import os
import sys
from importlib import import_module

_OURS = "orders_site.settings"
_MEND = f"unset it, or name a module that begins with `from {_OURS} import *`."


def choose(by_option: str = "") -> None:
    """Set DJANGO_SETTINGS_MODULE. End the process with one line if it is another project's module.

    `by_option` is the value of `manage.py --settings`; it overrides DJANGO_SETTINGS_MODULE.
    """
    name = by_option or os.environ.get("DJANGO_SETTINGS_MODULE") or _OURS
    os.environ["DJANGO_SETTINGS_MODULE"] = name
    if name == _OURS:
        return
    given = f"{'--settings' if by_option else 'DJANGO_SETTINGS_MODULE'}={name}"
    try:
        module = import_module(name)
    except (ImportError, TypeError, ValueError) as error:  # The last two if it is no module name.
        sys.exit(f"{given} cannot be imported ({error}): {_MEND}")
    if "apps.messaging" not in getattr(module, "INSTALLED_APPS", ()):
        sys.exit(f"{given} is not the shop's settings: {_MEND}")
