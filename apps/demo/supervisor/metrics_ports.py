"""Where the demo's workers answer `/metrics`: from `METRICS_PORT` on, ten ports for each."""

import json
from pathlib import Path

from django.conf import settings

from apps.demo.supervisor.ports import HOST
from apps.messaging import kept_file

FILE = "metrics.json"
_FOR_EACH = 10
"""Ports of a worker: its instances have those from the first one on."""


def port_of(title: str, instance: str) -> int:
    """Return the port of a process by its title in `ps`; 0 if it has none.

    It follows from the name alone, so that a process has the same port after each start.
    """
    name = title.removeprefix("workers.")
    if not settings.METRICS_PORT or name not in settings.WORKERS:
        return 0
    place = [*settings.WORKERS].index(name) * _FOR_EACH
    return settings.METRICS_PORT + place + (int(instance) - 1 if instance else 0)


def keep_targets(folder: Path) -> None:
    """Write what to scrape, as Prometheus reads it (`file_sd_configs`)."""
    found = [_target("web", settings.PORT)]
    if settings.METRICS_PORT:
        found += [
            _target(name, port_of(name, str(slot)))
            for name, count in settings.WORKERS.items()
            for slot in range(1, count + 1)
        ]
    kept_file.write_whole(folder / FILE, json.dumps(found, indent=2))


def _target(name: str, port: int) -> dict[str, object]:
    return {"targets": [f"{HOST}:{port}"], "labels": {"job": name}}
