"""The demo's settings with two of each worker; beat is the one clock."""

from orders_site.conf.worker_processes import WORKERS as _ONCE
from orders_site.settings import *  # noqa: F403

WORKERS = {name: 1 if name == "beat" else max(2, count) for name, count in _ONCE.items()}
