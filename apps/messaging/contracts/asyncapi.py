"""All contracts as one AsyncAPI 3.0 document: channels, and who sends to and receives from them.

A subject of NATS and a queue of SQS is a channel, by the bindings of these. A request names the
channel of its reply, which has no address: the answer goes to the inbox of the asker.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.messaging.contracts.declared import queue_of
from apps.messaging.contracts.declaring import Contract, ContractKind
from apps.messaging.contracts.headers import headers_of, refusal
from apps.messaging.contracts.schemas import shared_schemas
from apps.messaging.names import PREFIX

_NATS_BINDING, _SQS_BINDING = "0.1.0", "0.2.0"
_REFUSAL = "refusal"

type ApiObject = dict[str, Any]


def document(contracts: Sequence[Contract], examples: Mapping[str, Any]) -> ApiObject:
    """Return the document. `examples` has the golden message of each contract, by its name.

    Raises `ContractIncomplete` for a job without a queue.
    """
    answers = {each.address: each for each in contracts if each.kind is ContractKind.ANSWER}
    messages = {_message(each): _message_object(each, examples[each.name]) for each in contracts}
    if answers:
        messages[_REFUSAL] = {"title": "The responder refuses", "headers": refusal()}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": f"Messages of {PREFIX}", "version": "1.0.0"},
        "defaultContentType": "application/json",
        "servers": {
            "nats": {"host": "127.0.0.1:4222", "protocol": "nats"},
            "sqs": {"host": "127.0.0.1:4566", "protocol": "sqs"},
        },
        "channels": _channels(contracts),
        "operations": {
            name: part
            for each in contracts
            if each.kind is not ContractKind.ANSWER
            for name, part in _operations(each, answers.get(each.address)).items()
        },
        "components": {
            "messages": messages,
            "schemas": shared_schemas(contracts, "#/components/schemas/{model}"),
        },
    }


def _channels(contracts: Sequence[Contract]) -> dict[str, ApiObject]:
    channels: dict[str, ApiObject] = {}
    for each in contracts:
        channel = channels.setdefault(_channel(each), _new_channel(each))
        channel["messages"][_message(each)] = _ref("components", "messages", _message(each))
        if each.kind is ContractKind.ANSWER:
            channel["messages"][_REFUSAL] = _ref("components", "messages", _REFUSAL)
    return channels


def _new_channel(contract: Contract) -> ApiObject:
    if contract.kind is ContractKind.ANSWER:
        return {
            "address": None,
            "description": "The inbox of the asker.",
            "messages": {},
            "servers": [_ref("servers", "nats")],
        }
    is_job = contract.kind is ContractKind.JOB
    channel: ApiObject = {
        "address": contract.address,
        "messages": {},
        "servers": [_ref("servers", "sqs" if is_job else "nats")],
    }
    if is_job:
        channel["bindings"] = {"sqs": _queue_binding(contract)}
    if contract.stream:
        # The binding of NATS has no word for JetStream.
        channel["x-jetstream-stream"] = contract.stream
    return channel


def _queue_binding(contract: Contract) -> ApiObject:
    """Return the queue as `provision` makes it, without what the settings may change."""
    queue = queue_of(contract)
    dead = {"name": queue.dead_letter_name}
    redrive = {"deadLetterQueue": dead, "maxReceiveCount": queue.max_receive_count}
    return {
        "queue": {"name": queue.name, "fifoQueue": False, "redrivePolicy": redrive},
        "deadLetterQueue": dead | {"fifoQueue": False},
        "bindingVersion": _SQS_BINDING,
    }


def _message_object(contract: Contract, example: Any) -> ApiObject:
    return {
        "title": contract.payload.__name__,
        "headers": headers_of(contract),
        "payload": _ref("components", "schemas", contract.payload.__name__),
        "examples": [{"payload": example}],
    }


def _operations(contract: Contract, answer: Contract | None) -> dict[str, ApiObject]:
    """Return one operation for all producers, and one for each consumer."""
    message = _message(contract)
    sending: ApiObject = _operation("send", contract, answer) | {
        "x-producers": [*contract.producers]
    }
    found = {f"send.{message}": sending}
    for consumer in contract.consumers:
        receiving = _operation("receive", contract, answer) | {"x-consumer": consumer}
        if contract.group:
            binding = {"queue": contract.group, "bindingVersion": _NATS_BINDING}
            receiving["bindings"] = {"nats": binding}
        found[f"receive.{message}.{consumer}"] = receiving
    return found


def _operation(action: str, contract: Contract, answer: Contract | None) -> ApiObject:
    channel = _channel(contract)
    part: ApiObject = {
        "action": action,
        "channel": _ref("channels", channel),
        "messages": [_ref("channels", channel, "messages", _message(contract))],
    }
    if answer:
        inbox, names = _channel(answer), (_message(answer), _REFUSAL)
        messages = [_ref("channels", inbox, "messages", name) for name in names]
        part["reply"] = {"channel": _ref("channels", inbox), "messages": messages}
    return part


def _channel(contract: Contract) -> str:
    if contract.kind is ContractKind.ANSWER:
        return f"nats.{contract.address}.reply"
    return f"{'sqs' if contract.kind is ContractKind.JOB else 'nats'}.{contract.address}"


def _message(contract: Contract) -> str:
    return contract.name.replace("/", ".")


def _ref(*path: str) -> ApiObject:
    return {"$ref": f"#/{'/'.join(path)}"}
