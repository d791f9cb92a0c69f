"""The format of Celery's messages on SQS; a message of another format is no task.

Some malformed messages end a worker of Celery (5.7), so each message is validated here first.
"""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from django.conf import settings
from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import from_json

LONGEST_WAIT = 30
"""Seconds that a retry may wait for any visibility timeout; ours wait up to 16."""


def _time(text: str) -> str:
    datetime.fromisoformat(text)
    return text


def _soon(text: str) -> str:
    """Reject a wait beyond the visibility timeout: SQS would deliver a second copy meanwhile."""
    time = datetime.fromisoformat(text)
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    longest = max(LONGEST_WAIT, settings.SQS_VISIBILITY_TIMEOUT)
    if time > datetime.now(UTC) + timedelta(seconds=longest):
        raise ValueError(
            f"more than {longest} s away; SQS would deliver it again before: use delay_seconds"
        )
    return text


_Id = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[!-~]+$")]
_Count = Annotated[int, Field(strict=True, ge=0, lt=1000)]
_Seconds = Annotated[float, Field(ge=0)] | None


class _Headers(BaseModel):
    task: _Id
    id: _Id
    root_id: _Id | None = None
    parent_id: _Id | None = None
    group: _Id | None = None
    shadow: str | None = None
    eta: Annotated[str, AfterValidator(_soon)] | None = None
    expires: Annotated[str, AfterValidator(_time)] | None = None
    retries: _Count = 0
    replaced_task_nesting: _Count = 0
    timelimit: tuple[_Seconds, _Seconds] | None = None
    ignore_result: bool | None = None
    stamped_headers: list[str] | None = None
    stamps: dict[str, Any] | None = None
    traceparent: str | None = None
    compression: None = None


class _Properties(BaseModel):
    body_encoding: Literal["base64"] | None = None
    delivery_info: dict[str, Any] = {}


class _Embedded(BaseModel):
    """Follow-up tasks. The shop uses none, and running them would obey any sender."""

    callbacks: None = None
    errbacks: None = None
    chain: None = None
    chord: None = None


_BODY = TypeAdapter(tuple[list[Any], dict[str, Any], _Embedded])


class _Envelope(BaseModel):
    body: str
    headers: _Headers
    properties: _Properties
    content_type: Literal["application/json"] = Field(alias="content-type")
    content_encoding: Literal["utf-8"] = Field(alias="content-encoding")

    @model_validator(mode="after")
    def body_is_a_call(self) -> "_Envelope":
        body = self.body.encode()
        if self.properties.body_encoding:
            try:
                body = base64.b64decode(body, validate=True)
            except binascii.Error as error:
                raise ValueError("the body is no base64") from error
        try:
            _BODY.validate_json(body)
        except ValidationError as error:
            raise ValueError(f"body: {_first_of(error)}") from error
        return self


def read(text: str) -> dict[str, Any]:
    """Return the message as a dictionary, which is empty if no worker of the shop would run it."""
    return {} if fault(text) else from_json(text)


def fault(text: str) -> str:
    """Return why no worker of the shop would run this message, or an empty string."""
    try:
        _Envelope.model_validate(from_json(text))
    except ValidationError as error:
        return _first_of(error)
    except ValueError:
        return "no JSON"
    return ""


def _first_of(error: ValidationError) -> str:
    """Return the place and the words of the first fault; what was sent may be a secret."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    words = first["msg"].removeprefix("Value error, ")
    return ": ".join(filter(None, [".".join(map(str, first["loc"])), words]))
