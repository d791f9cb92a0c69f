#!/usr/bin/env python
"""Django's command line; `manage.py demo` runs the whole shop on this machine."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orders_site.settings")
    if sys.argv[1:2] in (["demo"], ["prove"]):
        # The demo needs no environment: DEMO=true gives every setting a local default.
        os.environ["DEMO"] = "true"
    execute_from_command_line(sys.argv)
