"""The lab's part in every process: it watches the seam, obeys faults, and says it lives."""

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from apps.lab import hops, switches
from apps.lab.feed import FEED
from apps.lab.figures import FIGURES
from apps.messaging import seams, side_channel
from apps.messaging.errors import MessageUnreadable
from apps.messaging.liveness import Heartbeat
from apps.messaging.message import Contract

logger = logging.getLogger(__name__)

ALIVE = "lab.alive"
FAULTS_CHANGED = "lab.faults"
EVERY = 1.0

_begun_in = 0
_lock = threading.Lock()


class SignOfLife(Contract):
    """A process says that it is there; a new pid in the same place has replaced one that died."""

    worker: str
    instance: str
    pid: int


def at_beat(sender: Heartbeat, **_: Any) -> None:
    """Begin in a worker at its first beat, and read the faults at every one."""
    _begin(lambda: side_channel.listen(FAULTS_CHANGED, lambda _: sender.say_now()))
    switches.read()


def in_web(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware: begin in `web` with its first request, when the server has forked."""

    def middleware(request: HttpRequest) -> HttpResponse:
        _begin(_begin_web)
        return get_response(request)

    return middleware


def tell_of_change() -> None:
    """Let every process read the faults now rather than at its next beat."""
    side_channel.send(FAULTS_CHANGED, flush=True)


def _begin_web() -> None:
    switches.read_when_asked()
    side_channel.listen(hops.SUBJECT, _hear_hop)
    side_channel.listen(ALIVE, FEED.hear_life)
    # It places orders, which the workers have no use for.
    import_string("apps.lab.load.DRIVER").begin()


def _hear_hop(body: bytes) -> None:
    try:
        FIGURES.hear(FEED.hear_hop(body))
    except MessageUnreadable as error:
        logger.warning("not understood", extra={"subject": hops.SUBJECT, "error": str(error)})


def _begin(listen: Callable[[], None]) -> None:
    global _begun_in
    if _begun_in == os.getpid():
        return
    with _lock:
        if _begun_in == os.getpid():
            return
        _begun_in = os.getpid()
        listen()
        seams.plug_everywhere(switches.act)
        threading.Thread(target=_say_alive, name="alive", daemon=True).start()


def _say_alive() -> None:
    who = SignOfLife.model_validate(hops.who_we_are())
    body = who.to_json().encode()
    while True:
        side_channel.send(ALIVE, body)
        time.sleep(EVERY)
