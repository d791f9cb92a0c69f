"""The application that granian serves: a request takes a thread only once its body has arrived.

With `--interface=wsgi` (granian 2.8) slow clients could stop the shop for a while, and a WSGI
application has no means against that.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope

from apps.messaging.metrics import watching
from orders_site.http.answers import Sender, WebAnswer, WsgiApplication, answer_of, rejection
from orders_site.http.bodies import BodyTooSlow, NoPlace, body_of
from orders_site.http.hanging import end_if_one_hangs
from orders_site.http.probes import AT_ONCE, WAITING
from orders_site.http.wsgi_environ import environ_of, path_below

THREADS = 32
"""Requests handled at a time; each thread keeps a database connection."""
MOST_WAITING = 256
"""Requests that may wait for a thread; one more is answered with 503. Probes are counted apart: a
burst of visitors must not take this process out of its load balancer."""
PATIENCE_SECONDS = 5.0
"""Seconds that a request waits for a thread."""
LAST_ANSWERS = 5.0
"""Seconds that requests have to end before the process does, because another one hangs."""
SENT_WITHIN_SECONDS = 0.5
"""Seconds; granian sends an answer in threads of its own, and does not say when it has."""
HEALTHZ = WebAnswer(200, [("Content-Type", "text/plain")], b"ok\n")

logger = logging.getLogger(__name__)


class Server:
    """An application of RSGI, granian's own protocol, before one of WSGI."""

    def __init__(self, wsgi: WsgiApplication, *, prefix: str = "") -> None:
        self._wsgi = wsgi
        self._prefix = prefix.rstrip("/")
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")
        self._for_probes = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="probe")
        self._in_flight: dict[ThreadPoolExecutor, set[asyncio.Future[WebAnswer | None]]] = {
            self._threads: set(),
            self._for_probes: set(),
        }
        self._is_ending = False

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        watching.watch()  # In the process that answers, which the one that forks is not.
        self._watching = loop.create_task(end_if_one_hangs(self.finish))

    async def finish(self, hanging: int) -> None:
        """Reject new requests, and wait a moment for all but those that hang."""
        self._is_ending = True
        loop = asyncio.get_running_loop()
        end = loop.time() + LAST_ANSWERS
        while (left := end - loop.time()) > 0:
            in_flight = [each for those in self._in_flight.values() for each in those]
            if len(in_flight) <= hanging:
                break
            await asyncio.wait(in_flight, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(SENT_WITHIN_SECONDS)

    async def __rsgi__(self, scope: Scope, proto: HTTPProtocol) -> None:
        """Answer one request."""
        answer = await self._answer(scope, proto)
        if answer is not None:
            proto.response_bytes(answer.status, answer.headers, answer.body)

    async def _answer(self, scope: Scope, proto: HTTPProtocol) -> WebAnswer | None:
        """Return the answer; None if it was sent piece by piece, or the client has gone."""
        path = path_below(self._prefix, scope.path)
        if path is None:
            return rejection(HTTPStatus.NOT_FOUND, f"everything is below {self._prefix}/")
        if path == "/healthz" and scope.method in ("GET", "HEAD"):
            return HEALTHZ
        try:
            body = await body_of(scope, proto, path)
        except BodyTooSlow as error:
            return rejection(HTTPStatus.REQUEST_TIMEOUT, str(error))
        except NoPlace as error:
            return rejection(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        except ProtocolClosed:
            return None
        with body:
            environ = environ_of(scope, prefix=self._prefix, path=path, body=body)
            sender = Sender(proto, asyncio.get_running_loop())
            # Pages and probes have threads of their own: neither wait for the others.
            threads = self._for_probes if path in WAITING else self._threads
            return await self._in_one_of(threads, lambda: answer_of(self._wsgi, environ, sender))

    async def _in_one_of(
        self, threads: ThreadPoolExecutor, work: Callable[[], WebAnswer | None]
    ) -> WebAnswer | None:
        """Run `work` in a thread. If no thread begins it in time, answer 503."""
        if self._is_ending:
            detail = "this process is ending; please try again in a moment"
            return rejection(HTTPStatus.SERVICE_UNAVAILABLE, detail)
        in_flight = self._in_flight[threads]
        if len(in_flight) >= THREADS + MOST_WAITING:
            return rejection(HTTPStatus.SERVICE_UNAVAILABLE, "too many requests wait already")
        future = threads.submit(work)
        answer = asyncio.wrap_future(future)
        in_flight.add(answer)
        try:
            await asyncio.wait([answer], timeout=PATIENCE_SECONDS)
            if future.cancel():
                detail = f"no thread was free within {PATIENCE_SECONDS:g} s"
                logger.warning("request given back", extra={"reason": detail})
                return rejection(HTTPStatus.SERVICE_UNAVAILABLE, detail)
            return await answer
        finally:
            in_flight.discard(answer)
