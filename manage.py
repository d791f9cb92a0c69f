#!/usr/bin/env python
"""Django's command line; `manage.py demo` runs the whole shop on this machine."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

if __name__ == "__main__":
    if sys.argv[1:2] != ["doctor"] and not find_spec("django"):
        sys.exit("This Python has no Django: `make install`, then .venv/bin/python manage.py …")
    if os.environ.get("PYTHONSAFEPATH"):
        # With it, Python looks for modules neither beside this file nor in the working directory;
        # PYTHONPATH is for the processes that a command starts.
        here = str(Path(__file__).resolve().parent)
        sys.path.insert(0, here)
        others = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = os.pathsep.join([here, others] if others else [here])
    if sys.argv[1:2] == ["doctor"]:
        # It says why, where nothing else here could be imported.
        from orders_site.doctor import beforehand

        beforehand.examine(sys.argv[2:])
    # Commands that need no environment: DEMO=true gives every setting a local default.
    elif sys.argv[1:2] in (
        ["demo"],
        ["prove"],
        ["start_project"],
        ["new_event"],
        ["new_job"],
        ["new_responder"],
    ):
        os.environ["DEMO"] = "true"
    elif sys.argv[1:2] != ["runserver"]:
        # A migration or a replay takes long, and no page waits for it.
        os.environ.setdefault("DATABASE_STATEMENT_SECONDS", "0")
        os.environ.setdefault("DATABASE_IDLE_SECONDS", "300")
    # The settings module reads the environment as soon as it is imported.
    from orders_site.command_line import CommandLine, settings_named
    from orders_site.conf import settings_module

    settings_module.choose(settings_named(sys.argv[2:]))
    CommandLine(sys.argv).execute()
