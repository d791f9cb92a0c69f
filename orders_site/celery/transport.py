"""Kombu's transport for SQS: it survives an SQS outage, and validates each message.

With kombu's own (5.7), an error answer to a poll ends the worker, and so may a malformed message. A
caller of `delay` gets botocore's error for an answer of SQS, and kombu's own for no answer. A poll
is verified by certifi's authorities alone, whatever `AWS_CA_BUNDLE` says.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from kombu.asynchronous.aws.connection import AsyncHTTPSConnection
from kombu.asynchronous.aws.sqs.connection import AsyncSQSConnection
from kombu.exceptions import OperationalError
from kombu.transport import SQS
from kombu.utils.json import dumps

from apps.messaging.brokers.sqs import CallRejected, QueueAway, authority, reaching_sqs
from apps.messaging.brokers.sqs_repeated_calls import repeat_calls
from apps.messaging.errors import BrokerAway
from apps.messaging.message import REDRIVE_OF
from orders_site.celery import envelope
from orders_site.celery.batches import BatchingChannel
from orders_site.celery.heartbeat import PROCESS

LOOK_EVERY_SECONDS = 0.02
"""While all places of the worker are taken: how often it looks for a free one."""


class VerifyingRequests(AsyncHTTPSConnection):
    """Polls by the certificate authority by which botocore sends; kombu knows only certifi's."""

    def getrequest(self) -> Any:
        request = super().getrequest()
        request.ca_certs = authority() or request.ca_certs
        return request


class ForgivingConnection(AsyncSQSConnection):
    """Treats a failed poll as an empty one, and logs it."""

    def get_http_connection(self) -> VerifyingRequests:
        return VerifyingRequests(http_client=self._httpclient)

    def _on_list_ready(self, parent: Any, markers: Any, operation: str, response: Any) -> Any:
        if response.status != self.STATUS_CODE_OK:
            PROCESS.broker_away(f"HTTP {response.status} {response.reason}")
            return {}
        PROCESS.broker_answers()
        return super()._on_list_ready(parent, markers, operation, response)  # type: ignore[misc]


@contextmanager
def _reaching_the_queue() -> Iterator[None]:
    """Raise kombu's `OperationalError` also if SQS answers with an error: the queue is gone."""
    try:
        with reaching_sqs():
            yield
    except (QueueAway, CallRejected) as error:
        raise OperationalError(str(error)) from error
    except BrokerAway as error:
        # kombu itself names botocore's other errors, and connects again.
        raise error.__cause__ or error from None


class Channel(BatchingChannel):
    hub: Any  # the worker's event loop

    def asynsqs(self, queue: str | None = None) -> Any:
        """Return the connection that polls the queue."""
        connections: dict[Any, Any] = self._predefined_queue_async_clients
        if queue not in connections:
            connections[queue] = ForgivingConnection(
                sqs_connection=self.sqs(queue=queue),
                region=self.region,
                message_system_attribute_names=["ApproximateReceiveCount"],
                message_attribute_names=[REDRIVE_OF],
            )
        return connections[queue]

    def _schedule_queue(self, queue: str) -> None:
        """Poll as soon as a place is free; kombu looks for one only every `polling_interval`."""
        if queue in self._active_queues and not self.qos.can_consume():
            self.hub.call_later(LOOK_EVERY_SECONDS, self._schedule_queue, queue)
        else:
            super()._schedule_queue(queue)  # type: ignore[misc]

    def _size(self, queue: str) -> int:
        with _reaching_the_queue():
            return int(super()._size(queue))

    def _put(self, queue: str, message: Any, **options: Any) -> None:
        """Enqueue a task. Raises `ValueError` for one that no worker would run."""
        given_back = message.get("redelivered")
        if not given_back and (fault := envelope.fault(dumps(message))):
            raise ValueError(f"not enqueued: {fault}")
        with _reaching_the_queue():
            super()._put(queue, message, **options)

    def _new_boto_client(self, **options: Any) -> Any:
        """Sign requests with the session token too, which a broker URL cannot hold.

        The worker deletes each message by a call of its own, so these are the repeated ones.
        """
        # A client that kombu copies at a stop passes its own token.
        options["session_token"] = (
            options.get("session_token") or settings.AWS_SESSION_TOKEN or None
        )
        return repeat_calls(super()._new_boto_client(**options))  # type: ignore[misc]

    def _prepare_json_payload(self, text: str) -> dict[str, Any]:
        return envelope.read(text)  # If it is empty, kombu passes on the text itself.


class GuardedTransport(SQS.Transport):
    Channel = Channel
