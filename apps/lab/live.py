"""The lab in each process: it reports hops, obeys faults, and says that the process runs."""

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from apps.lab.faults import fault_cache
from apps.lab.faults.changes import FAULTS_CHANGED
from apps.lab.feed import hops
from apps.lab.feed.feed import FEED
from apps.lab.feed.figures import FIGURES
from apps.messaging import hooks
from apps.messaging.by_hand import nats_without_hooks
from apps.messaging.errors import MessageUnreadable
from apps.messaging.worker.heartbeat import Heartbeat
from apps.messaging.worker.outage import Outage

logger = logging.getLogger(__name__)

ALIVE = "lab.alive"
EVERY = 2.0
"""Seconds between two signs of life: each costs its process, NATS and `web`, also if idle."""

_unread = Outage(logger, begun="faults not read", ended="faults read")
_begun_in = 0
_lock = threading.Lock()


def at_beat(sender: Heartbeat, **_: Any) -> None:
    """Start the lab at a worker's first heartbeat, and read the faults at each."""
    _begin(lambda: nats_without_hooks.listen(FAULTS_CHANGED, lambda _: sender.say_now()))
    try:
        fault_cache.read()
    except (DatabaseError, InterfaceError) as error:
        # The copy stays in force; each fault of it ends by its own time.
        _unread.met(str(error))
    else:
        _unread.over()


def in_web(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware: start the lab at the first request, when the server has forked."""

    def middleware(request: HttpRequest) -> HttpResponse:
        _begin(_begin_web)
        return get_response(request)

    return middleware


def _begin_web() -> None:
    fault_cache.read_when_asked()
    nats_without_hooks.listen(hops.SUBJECT, add_hop)
    nats_without_hooks.listen(ALIVE, add_sign_of_life)
    # By its name: it imports the checkout, for which a worker must not pay with memory.
    import_string("apps.lab.orders.load.DRIVER").begin()


def add_hop(body: bytes) -> None:
    """Add a hop to the feed and the figures; any client may publish there, so check it."""
    try:
        FIGURES.add(FEED.add_hop(body))
    except MessageUnreadable as error:
        logger.warning("not understood", extra={"subject": hops.SUBJECT, "error": str(error)})


def add_sign_of_life(body: bytes) -> None:
    """Add a sign of life to the feed; any client may publish there, so check it."""
    try:
        FEED.add_sign_of_life(body)
    except MessageUnreadable as error:
        logger.warning("not understood", extra={"subject": ALIVE, "error": str(error)})


def _begin(listen: Callable[[], None]) -> None:
    global _begun_in
    if _begun_in == os.getpid():
        return
    with _lock:
        if _begun_in == os.getpid():
            return
        listen()
        hooks.attach_everywhere(fault_cache.act, may_break=fault_cache.may_break)
        threading.Thread(target=_say_alive, name="alive", daemon=True).start()
        _begun_in = os.getpid()


def _say_alive() -> None:
    who = hops.SignOfLife.model_validate(hops.who_we_are())
    body = who.to_json().encode()
    while True:
        nats_without_hooks.send(ALIVE, body)
        time.sleep(EVERY)
