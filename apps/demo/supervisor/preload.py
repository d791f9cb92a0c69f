"""Imports what the processes need before they are forked, so that all share one copy of it."""

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
    """This process has a thread or a connection, which a fork would break without a word."""


def preload() -> None:
    """Import it all. Raises `UnsafeToFork` where that has left a thread or a connection."""
    sockets_before = _open_sockets()
    for module in _MODULES:
        importlib.import_module(module)
    for name in settings.WORKERS:
        if name not in ("celery", "beat"):
            importlib.import_module(f"workers.{name}")
    _ = get_resolver().url_patterns  # Imports every view.
    sqs.client()  # Reads half of botocore's descriptions, and connects to nothing.
    connections.close_all()
    # A garbage collection in a child would touch, and so copy, all that was imported here.
    gc.collect()
    gc.freeze()
    check_safe_to_fork(sockets_before)


def check_safe_to_fork(sockets_before: set[str]) -> None:
    """Raise `UnsafeToFork` for a thread, Python's or not, and for a socket opened since."""
    threads = list(Path("/proc/self/task").iterdir())
    if len(threads) > 1:
        raise UnsafeToFork(f"{len(threads)} threads, of Python's own: {threading.enumerate()}")
    if sockets := _open_sockets() - sockets_before:
        raise UnsafeToFork(f"open sockets: {sorted(sockets)}")


def _open_sockets() -> set[str]:
    # Listing the folder opens it: its own descriptor is among the entries, closed when read.
    links = (entry for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink())
    targets = (str(link.readlink()) for link in links)
    return {target for target in targets if target.startswith("socket:")}
