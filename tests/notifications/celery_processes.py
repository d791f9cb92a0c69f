"""Celery's worker and beat as processes of their own, on the servers and the database of a test."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from apps.messaging.models import WorkerInstance
from tests.support.moto_server import MotoServer
from tests.support.processes import database_url
from tests.support.python import Program
from tests.support.waiting import crowding, eventually

WORKER = ("worker", "-P", "threads", "-c", "4", "--without-gossip", "--without-mingle")


def start_celery(
    server: MotoServer, *arguments: str, instance: str, mail: Path, **changes: str
) -> Program:
    """Start `celery -A orders_site ...`; it is not ready yet."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "orders_site.settings",
        "DATABASE_URL": database_url(),
        "AWS_ENDPOINT_URL": server.url,
        "SQS_WAIT_SECONDS": "1",
        "EMAIL_URL": f"filemail:///{quote(str(mail))}",
        "WORKER_INSTANCE": instance,
    }
    command = ("-m", "celery", "--quiet", "-A", "orders_site", *arguments)
    return Program(*command, env=os.environ | environment | changes)


@contextmanager
def until_ready(*processes: Program) -> Iterator[None]:
    """Wait until all say that they are ready; stop them at the end."""
    ready = WorkerInstance.objects.filter(is_ready=True, pid__in=[each.pid for each in processes])
    try:
        eventually(lambda: ready.count() == len(processes), within=30, what="Celery is ready")
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(15 * crowding())


def mails_in(folder: Path) -> list[str]:
    """Return the keys of the mails in Django's file backend; one file may have many."""
    text = "\n".join(file.read_text() for file in folder.glob("*.log"))
    return re.findall("^Message-ID: <(.+)@", text, flags=re.MULTILINE)
