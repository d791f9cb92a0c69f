"""Kombu's transport for SQS, but patient where SQS is away and strict with what it reads.

As it comes (5.7) both end the worker: a poll that SQS answers with an error, and a message that
is half an envelope.
"""

import base64
import binascii
import json
from typing import Any, Literal

from kombu.asynchronous.aws.sqs.connection import AsyncSQSConnection
from kombu.transport import SQS
from pydantic import BaseModel, Field, ValidationError, model_validator

from apps.messaging.message import REDRIVE_OF
from orders_site.celery_life import LIFE


class _Headers(BaseModel):
    task: str
    id: str


class _Properties(BaseModel):
    body_encoding: Literal["base64"] | None = None
    delivery_info: dict[str, Any] = {}


class _Envelope(BaseModel):
    """What kombu and Celery take for granted in the body of an SQS message."""

    body: str
    headers: _Headers
    properties: _Properties
    content_type: str = Field(alias="content-type")
    content_encoding: str = Field(alias="content-encoding")

    @model_validator(mode="after")
    def body_is_encoded_as_it_says(self) -> "_Envelope":
        if self.properties.body_encoding:
            try:
                base64.b64decode(self.body, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError) as error:
                raise ValueError("the body is no base64") from error
        return self


class PatientConnection(AsyncSQSConnection):
    """Takes a failed poll for an empty one, and says so."""

    def _on_list_ready(self, parent: Any, markers: Any, operation: str, response: Any) -> Any:
        if response.status != self.STATUS_CODE_OK:
            LIFE.broker_away(f"HTTP {response.status} {response.reason}")
            return {}
        LIFE.broker_answers()
        return super()._on_list_ready(parent, markers, operation, response)  # type: ignore[misc]


class Channel(SQS.Channel):
    def asynsqs(self, queue: str | None = None) -> Any:
        """Return the connection that polls the queue."""
        connections: dict[Any, Any] = self._predefined_queue_async_clients
        if queue not in connections:
            connections[queue] = PatientConnection(
                sqs_connection=self.sqs(queue=queue),
                region=self.region,
                message_system_attribute_names=["ApproximateReceiveCount"],
                message_attribute_names=[REDRIVE_OF],
            )
        return connections[queue]

    def _prepare_json_payload(self, text: str) -> dict[str, Any]:
        try:
            _Envelope.model_validate_json(text)
        except ValidationError:
            return {}  # Then kombu hands on the text as it is: an unknown message.
        payload: dict[str, Any] = json.loads(text)
        return payload


class Transport(SQS.Transport):
    Channel = Channel
