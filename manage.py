#!/usr/bin/env python
"""Django's command line; `manage.py demo` runs the whole shop on this machine."""

import os
import sys

if __name__ == "__main__":
    if sys.argv[1:2] == ["doctor"]:
        # It says why, where nothing else here could be imported.
        from orders_site.doctor import beforehand

        beforehand.examine(sys.argv[2:])
    # Commands that need no environment: DEMO=true gives every setting a local default.
    elif sys.argv[1:2] in (
        ["demo"],
        ["prove"],
        ["start_project"],
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
