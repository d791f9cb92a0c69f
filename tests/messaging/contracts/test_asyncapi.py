"""The AsyncAPI document is valid by the specification's own schema, and says who does what.

`asyncapi-3.0.0.json.gz` is that schema, `schemas/3.0.0.json` of the npm package `@asyncapi/specs`
6.11.1, compressed and unchanged; `asyncapi-3.0.0.LICENSE` is its licence.
"""

import copy
import gzip
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from nats.micro.request import ERROR_CODE_HEADER, ERROR_HEADER
from pytest_django.fixtures import Settings

from apps.messaging.contracts.asyncapi import document
from apps.messaging.contracts.declared import ContractIncomplete, declared_contracts
from apps.messaging.errors import MessageUnreadable
from apps.messaging.message import Envelope
from tests.messaging.contracts import teas
from tests.messaging.support.events import TeaBrewed, make_headers

SPECIFICATION = Path(__file__).with_name("asyncapi-3.0.0.json.gz")
COMMITTED = Path(__file__).parents[3] / "docs" / "contracts" / "asyncapi.json"
"""What `manage.py contracts` wrote of all messages of this project."""


@pytest.fixture(scope="module")
def specification() -> jsonschema_rs.Draft7Validator:
    schema = json.loads(gzip.decompress(SPECIFICATION.read_bytes()))
    return jsonschema_rs.Draft7Validator(schema)


@pytest.fixture
def made(settings: Settings) -> dict[str, Any]:
    teas.declare(settings)
    examples = {name: json.loads(text) for name, text in teas.EXAMPLES.items()}
    return document(declared_contracts(), examples)


def test_it_is_valid_by_the_specification(
    made: dict[str, Any], specification: jsonschema_rs.Draft7Validator
) -> None:
    assert [error.message for error in specification.iter_errors(made)] == []


def test_the_committed_document_is_valid_too(
    specification: jsonschema_rs.Draft7Validator,
) -> None:
    committed = json.loads(COMMITTED.read_text())
    assert committed["channels"]
    assert [error.message for error in specification.iter_errors(committed)] == []


@pytest.mark.parametrize(
    ("way", "wrong"),
    [
        (["channels", "sqs.cups", "bindings", "sqs", "queue", "fifoQueue"], "no"),
        (["operations", "receive.offers.cups.dry.v1.drier", "bindings", "nats", "queue"], 3),
        (["operations", "send.events.teas.brewed.v1", "action"], "publish"),
        (["components", "messages", "events.teas.brewed.v1", "payload", "type"], "tea"),
    ],
)
def test_the_specification_rejects_a_fault(
    made: dict[str, Any],
    specification: jsonschema_rs.Draft7Validator,
    way: list[str],
    wrong: object,
) -> None:
    faulty = copy.deepcopy(made)
    part = faulty
    for name in way[:-1]:
        part = part[name]
    part.pop("$ref", None)
    part[way[-1]] = wrong
    assert not specification.is_valid(faulty)


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [each for inner in value.values() for each in references(inner)]
    return [each for inner in value for each in references(inner)] if type(value) is list else []


def test_every_reference_leads_somewhere(made: dict[str, Any]) -> None:
    found = references(made)
    assert len(found) > 20
    for reference in found:
        part = made
        for name in reference.removeprefix("#/").split("/"):
            part = part[name]


def test_a_request_names_the_channel_of_its_reply_and_the_refusal(made: dict[str, Any]) -> None:
    asking = made["operations"]["send.requests.kitchen.how_long.v1"]
    inbox = made["channels"]["nats.kitchen.how_long.reply"]
    assert asking["reply"]["channel"] == {"$ref": "#/channels/nats.kitchen.how_long.reply"}
    assert inbox["address"] is None
    assert set(inbox["messages"]) == {"answers.kitchen.how_long.v1", "refusal"}
    refusal = made["components"]["messages"]["refusal"]["headers"]
    assert refusal["required"] == [ERROR_HEADER, ERROR_CODE_HEADER]


def test_groups_streams_and_queues_are_named(made: dict[str, Any]) -> None:
    answering = made["operations"]["receive.requests.kitchen.how_long.v1.kitchen"]
    assert answering["bindings"]["nats"]["queue"] == "cooks"
    assert made["channels"]["nats.teas.brewed"]["x-jetstream-stream"] == "TEAS"
    assert made["operations"]["receive.events.teas.brewed.v1.drinker"]["x-consumer"] == "drinker"
    queue = made["channels"]["sqs.cups"]["bindings"]["sqs"]["queue"]
    assert queue["redrivePolicy"] == {"deadLetterQueue": {"name": "cups-dlq"}, "maxReceiveCount": 3}


def test_the_headers_of_an_event_are_those_that_its_reader_needs(made: dict[str, Any]) -> None:
    headers = made["components"]["messages"]["events.teas.brewed.v1"]["headers"]
    is_valid = jsonschema_rs.Draft7Validator(headers).is_valid
    sent = make_headers()
    assert sent.keys() <= headers["properties"].keys()
    assert is_valid(sent)
    assert headers["properties"]["ce-type"] == {"const": TeaBrewed.ce_type()}
    for name in headers["required"]:
        without = {each: sent[each] for each in sent if each != name}
        assert not is_valid(without)
        with pytest.raises(MessageUnreadable):
            Envelope.from_headers(without)


def test_a_job_without_a_queue_is_named(settings: Settings) -> None:
    teas.declare(settings)
    settings.MESSAGING_QUEUES = []
    with pytest.raises(ContractIncomplete, match="MESSAGING_QUEUES has no queue cups"):
        document(declared_contracts(), {name: {} for name in teas.EXAMPLES})
