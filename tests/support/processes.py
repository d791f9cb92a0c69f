"""A worker as a process of its own, on the database and the servers of the tests."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from apps.messaging.models import WorkerInstance
from tests.support.nats_server import NatsServer
from tests.support.python import Program
from tests.support.waiting import at_most, eventually

ROOT = Path(__file__).resolve().parents[2]
STOPS_WITHIN_SECONDS = 15.0


@contextmanager
def worker_process(
    name: str,
    nats_server: NatsServer,
    *,
    instance: str = "1",
    arguments: Sequence[str] = (),
    **environment: str,
) -> Iterator[Program]:
    """Run `python -m workers.NAME`, wait until it says that it is ready, and stop it at the end.

    With `arguments` run it by `python ARGUMENTS`.
    """
    environment = environment_of(nats_server) | {"WORKER_INSTANCE": instance} | environment
    process = Program(*(arguments or ("-m", f"workers.{name}")), env=environment)
    me = WorkerInstance.objects.filter(name=name, instance=instance, pid=process.pid)
    try:
        eventually(me.filter(is_ready=True).exists, within=20, what=f"{name} {instance} is ready")
        yield process
    finally:
        process.terminate()
        process.wait(at_most(STOPS_WITHIN_SECONDS))


def environment_of(nats_server: NatsServer) -> dict[str, str]:
    """Return variables by which a process uses the test database and that server."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": settings.SETTINGS_OF_PROCESSES,
        "DATABASE_URL": database_url(),
        "NATS_URL": nats_server.url,
    }


def database_url() -> str:
    """Return the URL of the test database, for a process."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(str(database['NAME']))}"
    return f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
