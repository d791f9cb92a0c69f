"""The worker processes of NATS and SQS, one module each: `python -m workers.NAME`."""

import django

from orders_site.checks import startup
from orders_site.conf import settings_module

# This must come before a worker module imports an app.
settings_module.choose()
django.setup()
startup.require_valid_settings()
