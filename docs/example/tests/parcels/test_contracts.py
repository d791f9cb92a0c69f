"""The messages of parcels are read and written as the golden ones of docs/contracts."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.contracts.declared import declared_contracts
from apps.messaging.contracts.declaring import ContractKind
from apps.messaging.contracts.folder import EXAMPLES
from apps.messaging.events.streams import declared_consumers

FOLDER = Path(__file__).parents[2] / "docs" / "contracts" / EXAMPLES
CONTRACTS = {each.name: each for each in declared_contracts()}


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_golden_message_is_written_as_it_was(name: str) -> None:
    golden = (FOLDER / f"{name}.json").read_text().strip()
    assert CONTRACTS[name].payload.read(golden).to_json() == golden


def test_every_process_that_a_contract_names_is_one(settings: Settings) -> None:
    durables = {each.durable for each in declared_consumers()}
    for each in CONTRACTS.values():
        readers = durables if each.kind is ContractKind.EVENT else {*settings.WORKERS, "web"}
        assert {*each.consumers} <= readers
        assert {*each.producers} <= {*settings.WORKERS, "web"}
