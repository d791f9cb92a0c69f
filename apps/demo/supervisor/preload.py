"""Imports the modules that the processes need before they are forked, so that they share them."""

import gc
import importlib
import threading
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.urls import get_resolver

from apps.messaging.brokers import sqs

_MODULES = (
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.bin.celery",
    "celery.concurrency.thread",
    "granian.cli",
    "kombu.transport.SQS",
    "orders_site.celery",
    "orders_site.rsgi",
    "uvloop",
)


class UnsafeToFork(Exception):
    """This process has a thread or a connection, which a fork breaks silently."""


def preload() -> None:
    """Import the modules. Raises `UnsafeToFork` if one has left a thread or a connection."""
    sockets_before = _open_sockets()
    for module in _MODULES:
        importlib.import_module(module)
    for name in settings.WORKERS:
        if name not in ("celery", "beat"):
            importlib.import_module(f"workers.{name}")
    _ = get_resolver().url_patterns  # Imports every view.
    sqs.client()  # Loads botocore's descriptions, and does not connect.
    connections.close_all()
    # A garbage collection in a child would write to these pages, and so copy them.
    gc.collect()
    gc.freeze()
    check_safe_to_fork(sockets_before)


def check_safe_to_fork(sockets_before: set[str]) -> None:
    """Raise `UnsafeToFork` if there is a second thread, or a socket that was opened since."""
    threads = list(Path("/proc/self/task").iterdir())
    if len(threads) > 1:
        raise UnsafeToFork(f"{len(threads)} threads, of Python's own: {threading.enumerate()}")
    if sockets := _open_sockets() - sockets_before:
        raise UnsafeToFork(f"open sockets: {sorted(sockets)}")


def _open_sockets() -> set[str]:
    # The folder's own descriptor is among the entries, and closed when it is read.
    links = (entry for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink())
    targets = (str(link.readlink()) for link in links)
    return {target for target in targets if target.startswith("socket:")}
