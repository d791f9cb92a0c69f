"""Who writes and reads a message by its contract is who has the rights for it in `deploy`."""

import pytest

from apps.messaging.contracts.declared import declared_contracts
from apps.messaging.contracts.declaring import Contract, ContractKind
from apps.messaging.outbox.wakeup import SUBJECT
from tests.deploy.aws_calls import POLICIES, rights_of
from tests.deploy.nats_conf import Subscription, rights_of_users
from tests.deploy.nats_users import CONFIG

MAY_ALL = {"developer"}
"""The user for people."""
USERS = {name: rights for name, rights in rights_of_users(CONFIG).items() if name not in MAY_ALL}
ON_CORE_NATS = {ContractKind.BROADCAST, ContractKind.OFFER, ContractKind.REQUEST}
CONTRACTS = declared_contracts()


def of_kinds(*kinds: ContractKind) -> pytest.MarkDecorator:
    chosen = [each for each in CONTRACTS if each.kind in kinds]
    assert chosen
    return pytest.mark.parametrize("contract", chosen, ids=lambda each: each.name)


@of_kinds(*ON_CORE_NATS)
def test_a_subject_of_core_nats_is_for_its_writers_and_readers_alone(contract: Contract) -> None:
    wish = Subscription(contract.address, contract.group)
    writers = {name for name, rights in USERS.items() if rights.may_publish(contract.address)}
    readers = {name for name, rights in USERS.items() if rights.may_subscribe(wish)}
    assert (writers, readers) == ({*contract.producers}, {*contract.consumers})


@of_kinds(ContractKind.EVENT, ContractKind.JOB)
def test_those_who_record_a_message_may_wake_the_relay(contract: Contract) -> None:
    nudgers = {name for name, rights in USERS.items() if rights.may_publish(SUBJECT)}
    assert {*contract.producers} <= nudgers


@of_kinds(ContractKind.EVENT)
def test_each_reader_of_an_event_has_a_user_that_may_fetch_it(contract: Contract) -> None:
    for durable in contract.consumers:
        fetch = f"$JS.API.CONSUMER.MSG.NEXT.{contract.stream}.{durable}"
        assert USERS[f"{durable}_consumer"].may_publish(fetch)


@of_kinds(ContractKind.JOB)
def test_a_queue_is_read_by_the_readers_of_its_jobs_alone(contract: Contract) -> None:
    receive = ("sqs:ReceiveMessage", f"arn:aws:sqs:eu-west-2:123456789012:{contract.address}")
    services = [path.stem for path in POLICIES.glob("*.json")]
    assert {name for name in services if receive in rights_of(name)} == {*contract.consumers}
