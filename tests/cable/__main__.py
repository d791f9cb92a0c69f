"""`python -m tests.cable ORDERS`: sets up Django for its own demo, and runs the command."""

import importlib
import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orders_site.settings")
    os.environ["DEMO"] = "true"
    django.setup()
    # Imports models, which wants Django to be set up.
    sys.exit(importlib.import_module("tests.cable.command").main(sys.argv[1:]))
