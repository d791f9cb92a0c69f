"""Does the work of `preview_resizer` and `image_resizer` as their role, without each right once.

For `manage.py shell`, with `DATABASE_URL` of the role and `OWNER_URL` of the tables' owner.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils.module_loading import import_string
from nats.aio.client import Client
from nats.aio.msg import Msg

from apps.images.jobs import QUEUE, resize
from apps.images.models import Photo
from apps.images.previews import make_preview
from apps.messaging.handling import database
from apps.messaging.jobs.delivery import ReceivedJob, deliver
from apps.messaging.pubsub import queue_group
from apps.messaging.worker.heartbeat import Heartbeat

GRANTED = """
    SELECT table_name, privilege_type FROM information_schema.role_table_grants
    WHERE grantee = 'shop_pictures' ORDER BY 1, 2
"""
type Step = Callable[[], object]


def tell() -> None:
    """Write JSON: the revoked right -> the operation that PostgreSQL then refused."""
    refused: dict[str, list[str]] = {}
    with psycopg.connect(os.environ["OWNER_URL"], autocommit=True) as owner:
        granted = owner.execute(GRANTED).fetchall()
        refused["nothing"] = _refusals()
        for table, right in granted:
            owner.execute(f"REVOKE {right} ON {table} FROM shop_pictures".encode())
            refused[f"{right} {table}"] = _refusals()
            owner.execute(f"GRANT {right} ON {table} TO shop_pictures".encode())
    sys.stdout.write(json.dumps(refused))


def _refusals() -> list[str]:
    """Do all of the work; return the statements that PostgreSQL refused."""
    noted: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        try:
            return execute(sql, *rest)
        except DatabaseError as error:
            if getattr(error.__cause__, "sqlstate", "") == "42501":
                noted.append(str(error))
            raise

    with connection.execute_wrapper(note):
        for step in _steps(str(time.monotonic_ns())):
            with suppress(DatabaseError, database.DatabaseAway):
                step()
    return noted


def _steps(unique: str) -> Iterator[Step]:
    yield from _lives(unique)
    photo = int(os.environ["PHOTO"])
    job = {"task": "resize", "id": photo}
    yield lambda: _offered(json.dumps(job))
    yield lambda: _offered("nonsense")
    with _waiting_again(photo):
        yield lambda: deliver(QUEUE, resize, _received(json.dumps(job), f"good {unique}"))
    # It comes again: its worker may have died.
    yield lambda: deliver(QUEUE, resize, _received(json.dumps(job), f"good {unique}", attempt=2))
    yield lambda: deliver(QUEUE, _fail, _received(json.dumps(job), f"bad {unique}"))
    # Buried, and once more after a redrive.
    for _ in range(2):
        yield lambda: deliver(QUEUE, resize, _received("nonsense", f"none {unique}"))
    yield lambda: QUEUE.when_dead and QUEUE.when_dead(json.dumps(job), "given up")
    yield database.takes_writes
    if apps.is_installed("apps.lab"):
        yield import_string("apps.lab.faults.fault_cache.FAULT_CACHE").read


def _lives(instance: str) -> Iterator[Step]:
    heartbeat = Heartbeat("image_resizer", last_step=time.monotonic, is_ready=lambda: True)
    heartbeat.instance = instance
    yield heartbeat._write
    yield heartbeat._write
    yield lambda: heartbeat._rows().delete()


@contextmanager
def _waiting_again(photo: int) -> Iterator[None]:
    with suppress(DatabaseError):
        Photo.objects.filter(id=photo).update(status=Photo.Status.WAITING, ready_at=None)
    yield


def _offered(body: str) -> None:
    message = Msg(_client=Client(), subject="jobs.resize", data=body.encode())
    with transaction.atomic():
        queue_group._handle_or_bury("preview_resizer", make_preview, message)


def _received(body: str, message_id: str, attempt: int = 1) -> ReceivedJob:
    return ReceivedJob(
        queue="jobs",
        headers={},
        body=body,
        attempt=attempt,
        sqs_id=message_id,
        receipt_handle="",
    )


def _fail(job: ReceivedJob) -> None:
    raise OSError("the disk is full")
