"""The shop's contracts agree with the code that reads its messages, and with the golden ones."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as some
from nats.micro.request import ServiceError
from pytest_django.fixtures import Settings

from apps.catalog.events import PriceChanged
from apps.images.jobs import QUEUE, resize
from apps.images.previews import make_preview
from apps.messaging.contracts.declared import declared_contracts
from apps.messaging.contracts.declaring import Contract, ContractKind
from apps.messaging.contracts.folder import EXAMPLES
from apps.messaging.contracts.schemas import schema_of
from apps.messaging.errors import MessageUnreadable
from apps.messaging.events.streams import declared_consumers
from apps.messaging.message import MAX_MESSAGE_BYTES
from apps.messaging.pubsub.core_message import CoreMessage
from apps.messaging.request_reply import responder
from apps.pricing.price_list import PriceList
from apps.pricing.responders import pricing_service, take_changed_price
from tests.fuzz.generated_input import quick
from tests.messaging.support.events import make_delivery, make_headers
from tests.messaging.support.generated_json import invalid, valid
from tests.messaging.support.jobs import make_received

pytestmark = pytest.mark.one_database

FOLDER = Path(__file__).parents[3] / "docs" / "contracts"
CONTRACTS = {each.name: each for each in declared_contracts()}

type Door = Callable[[bytes], object]

each_contract = pytest.mark.parametrize("name", CONTRACTS)


@cache
def schema_named(name: str) -> dict[str, Any]:
    """Return the schema of that contract: made once, as thousands of examples ask for it."""
    return schema_of(CONTRACTS[name])


@cache
def validator_named(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema_named(name), validate_formats=True)


@cache
def allowed_by(name: str) -> some.SearchStrategy[Any]:
    return valid(schema_named(name), schema_named(name))


@cache
def refused_by(name: str) -> some.SearchStrategy[Any]:
    return invalid(schema_named(name), schema_named(name))


def is_valid(contract: Contract, body: bytes) -> bool:
    return validator_named(contract.name).is_valid(json.loads(body))


def doors_of(contract: Contract) -> list[Door]:
    """Return what each reader of a message calls with its body; an unreadable one raises."""
    match contract.kind:
        case ContractKind.EVENT:
            return [_durable(contract, name) for name in contract.consumers]
        case ContractKind.REQUEST:
            return [_responder(contract)]
        case ContractKind.ANSWER:
            # `ask_all` is called with this class; tests/pricing/test_client.py shows it at work.
            return [contract.payload.read]
        case _:
            # A queue that is none of these has a test of its own, with its worker.
            return [_OTHERS.get(contract.name, contract.payload.read)]


def _durable(contract: Contract, name: str) -> Door:
    (consumer,) = [each for each in declared_consumers() if each.durable == name]
    headers = make_headers(type=contract.ce_type)

    def read(body: bytes) -> object:
        return make_delivery(subject=contract.address, headers=headers, body=body).read(consumer)

    return read


def _responder(contract: Contract) -> Door:
    service = pricing_service()
    handles = {service.subject: service.handle, **service.also}
    if contract.address not in handles:
        return contract.payload.read  # A test of its own asks its responder.
    endpoint = replace(service, subject=contract.address, handle=handles[contract.address])

    def answer(body: bytes) -> None:
        try:
            responder.answer_to(endpoint, MAX_MESSAGE_BYTES, body)
        except ServiceError as error:
            # 404: a readable request for a product that there is not.
            if error.code != "404":
                raise MessageUnreadable(error.description) from error

    return answer


_OTHERS: dict[str, Door] = {
    "broadcasts/catalog.price_changed.v1": lambda body: take_changed_price(
        PriceList(), CoreMessage(PriceChanged.subject, {}, body)
    ),
    "offers/jobs.resize.v1": make_preview,
    "jobs/jobs.v1": lambda body: resize(make_received(queue=QUEUE.name, body=body.decode())),
}


def is_read(door: Door, body: bytes) -> bool:
    """Return whether the body is of the form that the reader wants; there is no photo for a job."""
    try:
        door(body)
    except MessageUnreadable as error:
        return str(error).startswith("there is no photo")
    return True


@each_contract
def test_the_golden_message_is_valid_and_is_read(name: str, db: None) -> None:
    contract = CONTRACTS[name]
    golden = (FOLDER / EXAMPLES / f"{name}.json").read_bytes()
    assert is_valid(contract, golden)
    assert [door for door in doors_of(contract) if not is_read(door, golden)] == []


@each_contract
def test_a_golden_message_is_written_as_it_was(name: str) -> None:
    golden = (FOLDER / EXAMPLES / f"{name}.json").read_text().strip()
    assert CONTRACTS[name].payload.read(golden).to_json() == golden


@each_contract
@quick(40)
@given(data=some.data())
def test_a_message_that_the_schema_allows_is_read(
    db: None, name: str, data: some.DataObject
) -> None:
    contract = CONTRACTS[name]
    body = json.dumps(data.draw(allowed_by(name))).encode()
    assert is_valid(contract, body)
    assert [door for door in doors_of(contract) if not is_read(door, body)] == []
    assert is_valid(contract, contract.payload.read(body).to_json().encode())


@each_contract
@quick(60)
@given(data=some.data())
def test_a_message_that_breaks_a_rule_of_the_schema_is_not_read(
    db: None, name: str, data: some.DataObject
) -> None:
    contract = CONTRACTS[name]
    body = json.dumps(data.draw(refused_by(name))).encode()
    assert not is_valid(contract, body)
    assert [door for door in doors_of(contract) if is_read(door, body)] == []


def test_every_event_that_a_durable_handles_has_a_contract() -> None:
    handled = {
        version
        for consumer in declared_consumers()
        for event in consumer.handlers
        for version in (event, *event.earlier)
        if not event.__module__.startswith("apps.lab.")
    }
    assert handled == {
        each.payload for each in CONTRACTS.values() if each.kind is ContractKind.EVENT
    }


def test_every_subject_that_is_answered_has_a_contract() -> None:
    service = pricing_service()
    requests = [each for each in CONTRACTS.values() if each.kind is ContractKind.REQUEST]
    groups = {each.address: each.group for each in requests}
    assert {service.subject, *service.also} <= groups.keys()
    assert {groups[subject] for subject in (service.subject, *service.also)} == {service.group}


def test_every_process_that_a_contract_names_is_one(settings: Settings) -> None:
    durables = {each.durable for each in declared_consumers()}
    for each in CONTRACTS.values():
        readers = durables if each.kind is ContractKind.EVENT else {*settings.WORKERS, "web"}
        assert each.consumers
        assert {*each.consumers} <= readers
        assert {*each.producers} <= {*settings.WORKERS, "web"}


def test_each_released_version_has_its_golden_message() -> None:
    """The file of a version that is retired may go with it, and not before."""

    def names(part: str) -> set[str]:
        root = FOLDER / part
        return {path.relative_to(root).as_posix() for path in root.rglob("*.json")}

    assert names("released") <= names(EXAMPLES)
