"""Kombu's transport for SQS, but patient where SQS is away and strict with what it reads.

As it comes (5.7) a poll that SQS answers with an error ends the worker, and so may what it reads.
"""

from typing import Any

from django.conf import settings
from kombu.asynchronous.aws.sqs.connection import AsyncSQSConnection
from kombu.transport import SQS

from apps.messaging.message import REDRIVE_OF
from orders_site.celery import envelope
from orders_site.celery.heartbeat import PROCESS


class ForgivingConnection(AsyncSQSConnection):
    """Takes a failed poll for an empty one, and says so."""

    def _on_list_ready(self, parent: Any, markers: Any, operation: str, response: Any) -> Any:
        if response.status != self.STATUS_CODE_OK:
            PROCESS.broker_away(f"HTTP {response.status} {response.reason}")
            return {}
        PROCESS.broker_answers()
        return super()._on_list_ready(parent, markers, operation, response)  # type: ignore[misc]


class Channel(SQS.Channel):
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

    def _new_boto_client(self, **options: Any) -> Any:
        """Sign with the session token too; a broker URL has no place for one."""
        # The copy that a stop makes brings its own.
        options["session_token"] = (
            options.get("session_token") or settings.AWS_SESSION_TOKEN or None
        )
        return super()._new_boto_client(**options)  # type: ignore[misc]

    def _prepare_json_payload(self, text: str) -> dict[str, Any]:
        return envelope.read(text)  # Empty: kombu hands on the text as it is.


class Transport(SQS.Transport):
    Channel = Channel
