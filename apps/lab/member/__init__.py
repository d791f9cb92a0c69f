"""A process that an experiment starts, and may kill.

`python -m apps.lab.member KIND ...` runs the loop that the shop's own workers run.
"""

import os

import django

# Before any of its modules imports an app.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orders_site.settings")
django.setup()
