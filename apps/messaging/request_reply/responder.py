"""Request-reply, the answering side: every request gets an answer or an error, never silence.

It uses `nats.micro`, so that the service can be discovered (`$SRV.PING`, `INFO`, `STATS`). Other
than `nats.micro`, it handles requests in parallel, does not send our exceptions to the caller, and
finishes requests in flight at a stop.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from nats.micro.request import Request, ServiceError

from apps.messaging.brokers.nats_connection import CONNECTION_LOST
from apps.messaging.brokers.nats_for_workers import connected, idle, subscribed, take_no_more
from apps.messaging.brokers.nats_py_fixes import PatchedClient
from apps.messaging.errors import MessageTooLarge, MessageUnreadable
from apps.messaging.hooks.steps import replying
from apps.messaging.message import MAX_MESSAGE_BYTES, Payload, check_size
from apps.messaging.pubsub.core_message import CoreMessage
from apps.messaging.request_reply.micro_service import add_endpoint, announced
from apps.messaging.request_reply.warm_cache import WarmCache, kept_fresh
from apps.messaging.worker.concurrency import Concurrency
from apps.messaging.worker.lifecycle import Worker
from apps.messaging.worker.threads import in_pool, pool_of
from apps.messaging.worker.time_limits import in_time

TOO_LARGE = 413
MAX_DESCRIPTION = 200
"""Characters of an error, which is sent as a header and counts towards the limit of a message."""

type Handle = Callable[[bytes], Payload | bytes]
"""Takes the body of a request, and returns the answer, or the JSON of one that is kept."""

INBOXES = "_INBOX"
"""How the reply subject of a question begins, as each client makes it; no other is answered."""
NO_INBOX = f"the reply subject is no inbox: it does not begin with {INBOXES}"

logger = logging.getLogger(__name__)


class Refusal(Exception):
    """The answer is no; the asker gets `RequestRefused` with this code and description."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Service:
    """One of several responders of a subject, listed under `name` in `$SRV.INFO`.

    `also` has more subjects, each with what answers its requests as `handle` does.

    `handle` gets a request's body and returns the answer, or raises `MessageUnreadable` (the caller
    gets code 400) or `Refusal`. Without `threads` it must answer from memory at once; with them it
    may block, and that many requests run in parallel. `cache` is kept fresh for it. With
    threads, a call longer than `longest_seconds` (None: `HANDLER_SECONDS`) hangs, and the process
    ends. The timeout of the caller is independent of this.
    """

    name: str
    description: str
    subject: str
    group: str
    handle: Handle
    also: Mapping[str, Handle] = field(default_factory=dict)
    version: str = "1.0.0"
    threads: int = 0
    longest_seconds: float | None = None
    cache: WarmCache | None = None


def answering(service: Service) -> Callable[[Worker], Awaitable[None]]:
    """Return a worker's loop that answers until the worker stops."""

    async def loop(worker: Worker) -> None:
        stale = asyncio.Event()
        async with connected(worker, on_reconnect=stale.set) as nc:
            if service.cache is None:
                await _serve(service, nc, worker)
                return
            async with kept_fresh(service.cache, nc, stale=stale, worker=worker):
                # Stopped before the cache was read: no answer is better than a wrong one.
                if not worker.stopping.is_set():
                    await _serve(service, nc, worker)

    return loop


async def _serve(service: Service, nc: PatchedClient, worker: Worker) -> None:
    answering = Concurrency(max(service.threads, 1))
    with pool_of(max(service.threads, 1), name="responder") as threads:

        async def at_once(endpoint: Service, request: Request) -> None:
            if question := _question(endpoint, request):
                await _send(nc, request, _answer(endpoint, nc.max_payload, question))

        async def side_by_side(endpoint: Service, request: Request) -> None:
            if question := _question(endpoint, request):
                await answering.start(partial(_respond, endpoint, nc, request, question, threads))

        running = await announced(
            nc, name=service.name, version=service.version, description=service.description
        )
        for subject, handle in ((service.subject, service.handle), *service.also.items()):
            # What answers one subject is the service as if it had only that one.
            endpoint = replace(service, subject=subject, handle=handle)
            answer = partial(side_by_side if service.threads else at_once, endpoint)
            await add_endpoint(running, subject, service.group, answer)
        await subscribed(nc, worker)
        worker.ready()
        await idle(nc, worker)
        for each in running._endpoints:
            await take_no_more(nc, each._subscription)
        await answering.finish()


def _question(service: Service, request: Request) -> CoreMessage | None:
    """Return the question, or None if it is not to be answered."""
    reply = request._msg.reply
    if reply and not reply.startswith(INBOXES):
        # The caller has named it. The answer would go there by our rights, not by the caller's.
        logger.warning("not answered", extra={"subject": service.subject, "error": NO_INBOX})
        return None
    question = CoreMessage(service.subject, request.headers or {}, request.data, service.name)
    return None if question.skipped("request.received", reply_to=reply or None) else question


def _answer(service: Service, at_most: int, question: CoreMessage) -> bytes:
    with replying(question):
        return answer_to(service, at_most, question.body)


async def _respond(
    service: Service,
    nc: PatchedClient,
    request: Request,
    question: CoreMessage,
    threads: ThreadPoolExecutor,
) -> None:
    with suppress(*CONNECTION_LOST, ValueError):  # nowhere to reply to is a ValueError
        try:
            answering = in_time(_answer, service.longest_seconds, service.subject)
            answer = await in_pool(threads, answering, service, nc.max_payload, question)
        except ServiceError as error:
            await request.respond_error(error.code, error.description)
        else:
            await _send(nc, request, answer)


async def _send(nc: PatchedClient, request: Request, answer: bytes) -> None:
    """Send it, but never the headers of the request, which `Msg.respond` would echo."""
    if not (reply := request._msg.reply):
        raise ValueError("no reply subject set")
    await nc.respond(reply, answer)


def answer_to(service: Service, at_most: int, body: bytes) -> bytes:
    """Return the answer to one request as JSON, of at most `at_most` bytes.

    Raises `ServiceError`, which the asker receives.
    """
    try:
        answer = service.handle(body)
        if isinstance(answer, Payload):
            answer = answer.to_json().encode()
        check_size(answer, {}, at_most=min(at_most, MAX_MESSAGE_BYTES))
    except MessageTooLarge as error:
        logger.error("answer too large", extra={"subject": service.subject, "error": str(error)})
        raise _error(TOO_LARGE, f"the answer is too large: {error}") from error
    except MessageUnreadable as error:
        raise _error(400, f"unreadable request: {error}") from error
    except Refusal as error:
        raise _error(error.code, str(error)) from error
    except Exception as error:
        logger.exception("not answered", extra={"subject": service.subject, "error": repr(error)})
        raise _error(500, "internal error") from error
    return answer


def _error(code: int, description: str) -> ServiceError:
    return ServiceError(str(code), description[:MAX_DESCRIPTION])
