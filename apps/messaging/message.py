"""The wire format: a plain JSON body that a person can type, CloudEvents 1.0 beside it.

On NATS the envelope travels as headers (CloudEvents' binary mode, nats-protocol-binding.md), on
SQS as message attributes. Both ends are pydantic classes: `Event`, `Job`, `BroadcastMessage`.
"""

import json
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationError,
)

from apps.messaging.errors import MessageTooLarge, MessageUnreadable
from apps.messaging.names import PREFIX

SOURCE = f"/{PREFIX}"
MAX_MESSAGE_BYTES = 64 * 1024
"""Body and headers together: under NATS's 1 MB, SQS's 1 MiB, and one SQS billing unit."""

_HEADERS_BEGIN, _HEADERS_END = b"NATS/1.0\r\n", b"\r\n"
MAX_ID_LENGTH = 128
MESSAGE_ID = "Nats-Msg-Id"
"""Each event has it; the stream recognises a duplicate by it."""
REDRIVE_FOR = f"{PREFIX}-redrive-for"
"""Names the one consumer that a redriven event is for; the others acknowledge it unseen."""
REDRIVE_OF = f"{PREFIX}-redrive-of"
"""The id of the dead letter of a redriven message, if the message has no `ce-id`."""

ENVELOPE = ("ce-specversion", "ce-id", "ce-type", "ce-source", "ce-time", "ce-subject")
"""The headers that describe a message by CloudEvents; a redrive does not change them."""

Money = Annotated[
    Decimal,
    Field(max_digits=12, decimal_places=2),
    PlainSerializer(float, return_type=float, when_used="json"),
]
"""`Decimal` inside, a JSON number outside: 8.5 for 8.50, so format it where a person reads it."""
Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""Any text that a database can keep: PostgreSQL's has no NUL."""


class Payload(BaseModel):
    """A body, immutable; unknown fields are ignored, so that a sender may add some."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    def to_json(self) -> str:
        """Return the body as it travels: plain JSON."""
        return self.model_dump_json()

    @classmethod
    def read(cls, body: bytes | str) -> Self:
        """Parse a body. Raises `MessageUnreadable` that names the field and the reason."""
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            raise MessageUnreadable(f"not a {cls.__name__}: {_first_problem(error)}") from error


class Event(Payload):
    """Something that happened, in the past tense; its readers read `earlier` versions too."""

    subject: ClassVar[str]
    version: ClassVar[int] = 1
    earlier: ClassVar[tuple[type["Event"], ...]] = ()

    @classmethod
    def ce_type(cls) -> str:
        """Return the type on the wire: prefix, subject and version."""
        return f"{PREFIX}.{cls.subject}.v{cls.version}"


class BroadcastMessage(Payload):
    """A message on core NATS: only the present listeners receive it, and nothing stores it."""

    subject: ClassVar[str]


class Job(Payload):
    """Work for one worker, on an SQS queue."""

    queue: ClassVar[str]


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """The attributes of a message. `key` is the ordering key, Debezium's `aggregateid`."""

    id: str
    type: str
    time: datetime
    key: str = ""
    traceparent: str = ""
    source: str = SOURCE

    def to_headers(self) -> dict[str, str]:
        """Return the headers of NATS, or the attributes of SQS."""
        headers = {
            "ce-specversion": "1.0",
            "ce-id": self.id,
            "ce-type": self.type,
            "ce-source": self.source,
            "ce-time": self.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "ce-subject": self.key,
            "traceparent": self.traceparent,
        }
        return {name: value for name, value in headers.items() if value}

    @classmethod
    def from_headers(cls, headers: Mapping[str, str] | None) -> Self:
        """Return the envelope that these headers contain.

        Raises `MessageUnreadable` if the CloudEvents headers are missing or wrong.
        """
        headers = headers or {}
        missing = [name for name in ("ce-id", "ce-type", "ce-time") if not headers.get(name)]
        if missing:
            raise MessageUnreadable(f"no envelope: header {missing[0]} is missing")
        for name in ("ce-id", "ce-subject"):
            given = headers.get(name, "")
            if len(given) > MAX_ID_LENGTH:
                raise MessageUnreadable(f"header {name} is over {MAX_ID_LENGTH} characters")
            if not given.isprintable():
                raise MessageUnreadable(f"header {name} is not printable")
        try:
            time = datetime.fromisoformat(headers["ce-time"])
        except ValueError as error:
            raise MessageUnreadable(f"header ce-time is no time: {headers['ce-time']}") from error
        return cls(
            id=headers["ce-id"],
            type=headers["ce-type"],
            time=time,
            key=headers.get("ce-subject", ""),
            traceparent=headers.get("traceparent", ""),
            source=headers.get("ce-source", ""),
        )


def new_envelope(message: Event | Job, *, key: str, traceparent: str) -> Envelope:
    """Make the envelope once, when the message is recorded; it never changes after that."""
    kind = message.ce_type() if isinstance(message, Event) else f"{PREFIX}.jobs.{message.queue}.v1"
    return Envelope(
        id=str(uuid.uuid4()), type=kind, time=datetime.now(UTC), key=key, traceparent=traceparent
    )


def is_ours(headers: Mapping[str, str]) -> bool:
    """Return whether the message names this project as its source. A stranger may claim that."""
    return headers.get("ce-source") == SOURCE


def deduplication_id(headers: Mapping[str, str] | None) -> str:
    """Return the id by which a redelivered message is recognised; empty if it has none."""
    for name in (REDRIVE_OF, "ce-id"):
        given = (headers or {}).get(name, "")
        if 0 < len(given) <= MAX_ID_LENGTH and given.isprintable():
            return given
    return ""


def readable(body: str) -> str:
    """Return a body for a person: indented if it is JSON of usual depth; surrogates are escaped."""
    with suppress(ValueError, RecursionError):
        body = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    return body.encode("utf-8", "backslashreplace").decode()


def check_size(
    body: str | bytes,
    headers: Mapping[str, str],
    *,
    at_most: int = MAX_MESSAGE_BYTES,
    limit: str = "the limit",
) -> None:
    """Raise `MessageTooLarge` if body and headers have more than `at_most` bytes on the wire."""
    size = len(body.encode() if isinstance(body, str) else body)
    if headers:
        size += len(_HEADERS_BEGIN + _HEADERS_END)
        size += sum(len(name.encode()) + len(value.encode()) + 4 for name, value in headers.items())
    if size > at_most:
        raise MessageTooLarge(f"{size} bytes with headers, {at_most} is {limit}")


def _first_problem(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else first["msg"]
