"""What travels beside a body: the headers of NATS, the attributes of SQS, as JSON Schema."""

from typing import Any

from nats.micro.request import ERROR_CODE_HEADER, ERROR_HEADER

from apps.messaging.contracts.declaring import Contract, ContractKind
from apps.messaging.message import MAX_ID_LENGTH, MESSAGE_ID

_NEEDED = ["ce-id", "ce-type", "ce-time"]
"""`Envelope.from_headers` raises if an event lacks one of these."""
_TRACE = {"type": "string", "description": "W3C Trace Context of the sender."}
_ENVELOPE: dict[str, Any] = {
    "ce-specversion": {"const": "1.0"},
    "ce-id": {"type": "string", "minLength": 1, "maxLength": MAX_ID_LENGTH},
    "ce-type": {"type": "string"},
    "ce-source": {"type": "string"},
    "ce-time": {"type": "string", "format": "date-time"},
    "ce-subject": {
        "type": "string",
        "maxLength": MAX_ID_LENGTH,
        "description": "The ordering key: messages of one key arrive in their order.",
    },
    "traceparent": _TRACE,
}
"""CloudEvents 1.0, as `Envelope.to_headers` writes it."""


def headers_of(contract: Contract) -> dict[str, Any]:
    """Return the schema of a message's headers. A job needs none: a person can type it."""
    match contract.kind:
        case ContractKind.EVENT:
            more = {
                "ce-type": {"const": contract.ce_type},
                MESSAGE_ID: {"type": "string", "description": "Its ce-id, for the stream."},
            }
            return {"type": "object", "required": _NEEDED, "properties": _ENVELOPE | more}
        case ContractKind.JOB:
            return {"type": "object", "properties": _ENVELOPE}
        case ContractKind.ANSWER:
            return {"type": "object"}
        case _:
            return {"type": "object", "properties": {"traceparent": _TRACE}}


def refusal() -> dict[str, Any]:
    """Return the schema of the headers of a refusal, which a request may get as its answer."""
    return {
        "type": "object",
        "required": [ERROR_HEADER, ERROR_CODE_HEADER],
        "properties": {
            ERROR_HEADER: {"type": "string", "description": "The reason, for a person."},
            ERROR_CODE_HEADER: {"type": "string", "pattern": "^[0-9]{1,3}$"},
        },
    }
