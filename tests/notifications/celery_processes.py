"""Celery's worker and beat as processes of their own, on the servers and the database of a test."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apps.messaging.models import WorkerInstance
from tests.processes import ROOT, database_url
from tests.servers_sqs import MotoServer
from tests.waiting import eventually

WORKER = ("worker", "-P", "threads", "-c", "4", "--without-gossip", "--without-mingle")


@contextmanager
def celery_process(
    server: MotoServer, *arguments: str, instance: str = "1", mail: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `celery -A orders_site ...`, wait until it says that it is ready; stop it at the end."""
    name = "celery" if arguments[0] == "worker" else "beat"
    environment = {
        "DJANGO_SETTINGS_MODULE": "orders_site.settings",
        "DATABASE_URL": database_url(),
        "AWS_ENDPOINT_URL": server.url,
        "SQS_WAIT_SECONDS": "1",
        "EMAIL_URL": f"filemail:///{mail}",
        "WORKER_INSTANCE": instance,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "--quiet", "-A", "orders_site", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
    )
    me = WorkerInstance.objects.filter(name=name, instance=instance, pid=process.pid)
    try:
        eventually(me.filter(is_ready=True).exists, within=30, what=f"{name} {instance} is ready")
        yield process
    finally:
        process.terminate()
        process.wait(15)


def mails_in(folder: Path) -> list[str]:
    """Return the Message-IDs of what Django's file backend has written; one file may hold many."""
    lines = [line for file in folder.glob("*.log") for line in file.read_text().splitlines()]
    return [line.removeprefix("Message-ID: ") for line in lines if line.startswith("Message-ID")]
