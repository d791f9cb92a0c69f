"""The way of a question to NATS, and of its replies to the thread that waits for them.

One inbox takes the replies to all questions of a connection: it is subscribed once, to `PREFIX.*`.
A subscription for each question would cost two more commands to the server, and a queue and three
tasks here. The event loop only sends and passes on: a thread waits without a task in the loop, so
that a question takes little more than twice as long as by a socket alone.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from weakref import WeakKeyDictionary, WeakValueDictionary

from nats.aio.client import Client
from nats.aio.msg import Msg

from apps.messaging.brokers import nats_for_threads
from apps.messaging.brokers.nats_py_fixes import PatchedClient
from apps.messaging.errors import BrokerAway
from apps.messaging.request_reply.right_answer import Question

type ReplyOrError = Msg | Exception
"""A reply, or the error of a sending."""


@dataclass(frozen=True, eq=False)
class ReplyAddress:
    """Takes what arrives for one question, in the event loop's thread, as long as it exists."""

    take: Callable[[ReplyOrError], None]


def reach(timeout: float) -> None:
    """Connect, and subscribe to the inbox, unless both are done.

    Raises `BrokerAway` if there is no connection within `timeout` seconds.
    """
    nc = nats_for_threads.connection()
    if nc is None or nc not in _inboxes:
        nats_for_threads.call(_open, timeout=timeout)


def send[A](question: Question[A], reply_to: ReplyAddress) -> None:
    """Send the question, or send it again, without waiting."""
    nats_for_threads.do(partial(_publish, question, reply_to), reply_to.take)


async def _open(nc: Client) -> None:
    if nc not in _inboxes:
        inbox = _Inbox(nc.new_inbox())
        # nats-py subscribes again after a reconnect.
        await nc.subscribe(f"{inbox.prefix}.*", future=inbox)
        _inboxes[nc] = inbox


def _publish[A](question: Question[A], reply_to: ReplyAddress, nc: PatchedClient) -> None:
    inbox = _inboxes.get(nc)
    if inbox is None:
        raise BrokerAway("the connection to NATS was lost")
    reply = inbox.subject_of(reply_to)
    nc.publish_now(question.subject, question.body, reply=reply, headers=question.headers)


class _Inbox(asyncio.Future[Msg]):
    """Passes each message on to the question whose reply subject it has.

    It is a future, since nats-py sets that of a subscription as soon as it has read a message, and
    as often as one comes. A callback would be called a turn of the event loop later.
    """

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.prefix = prefix
        self._numbers = count()
        self._waiting: WeakValueDictionary[str, ReplyAddress] = WeakValueDictionary()

    def subject_of(self, reply_to: ReplyAddress) -> str:
        """Return a new reply subject."""
        subject = f"{self.prefix}.{next(self._numbers)}"
        self._waiting[subject] = reply_to
        return subject

    def set_result(self, message: Msg) -> None:
        """Pass it on; drop it if nothing waits for it any more."""
        if reply_to := self._waiting.get(message.subject):
            reply_to.take(message)


_inboxes: WeakKeyDictionary[Client, _Inbox] = WeakKeyDictionary()
