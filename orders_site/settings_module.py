"""Which module the settings are in: ours, or the one that DJANGO_SETTINGS_MODULE names."""

import os
import sys
from importlib import import_module

_OURS = "orders_site.settings"
_MEND = f"unset it, or name a module that begins with `from {_OURS} import *`."


def choose() -> None:
    """End the process by a line where another project's is left over in the shell."""
    name = os.environ.get("DJANGO_SETTINGS_MODULE") or _OURS
    os.environ["DJANGO_SETTINGS_MODULE"] = name
    if name == _OURS:
        return
    try:
        module = import_module(name)
    except (ImportError, TypeError, ValueError) as error:  # The last two where it is no name.
        sys.exit(f"DJANGO_SETTINGS_MODULE={name} cannot be imported ({error}): {_MEND}")
    if "apps.messaging" not in getattr(module, "INSTALLED_APPS", ()):
        sys.exit(f"DJANGO_SETTINGS_MODULE={name} is not the shop's settings: {_MEND}")
