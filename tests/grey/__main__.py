"""`python -m tests.grey [CELL …]`: sets up Django for its own demo, and runs the command."""

import importlib
import os
import signal
import sys
import tempfile

import django

if __name__ == "__main__":
    # A run that is ended stops its shops and takes their disks away, as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orders_site.settings")
    os.environ["DEMO"] = "true"
    if "--bed" not in sys.argv:
        os.environ["DEMO_DIR"] = tempfile.mkdtemp(prefix="shop-grey-")
    django.setup()
    # Imports models, which wants Django to be set up.
    sys.exit(importlib.import_module("tests.grey.command").main(sys.argv[1:]))
