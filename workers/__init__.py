"""Everything that talks to a broker, one file a process: `python -m workers.NAME`."""

import os

import django

from orders_site import checks

# Before any worker module imports an app.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orders_site.settings")
django.setup()
checks.insist()
