"""Every user of `deploy/nats.conf` × every subject that any of them may use × both operations."""

import itertools

import pytest
from nats.aio.client import Client

from tests.deploy.nats_conf import Rights, Subscription, example_of, matches, rights_of_users
from tests.deploy.nats_users import CONFIG, USERS, on_nats_as
from tests.support.nats_server import NatsServer

MATRIX = rights_of_users(CONFIG)
SUBJECTS = sorted(
    {example_of(each) for rights in MATRIX.values() for each in (*rights.publish, *rights.denied)}
    | {example_of(each.subject) for rights in MATRIX.values() for each in rights.subscribe}
    | {"$JS.API.STREAM.DELETE.ORDERS", "$JS.API.STREAM.MSG.DELETE.ORDERS", "$SYS.REQ.SERVER.PING"}
    | {"anything", "_INBOX_nobody.1"}
)
GROUPS = sorted({each.queue for rights in MATRIX.values() for each in rights.subscribe} | {"mine"})
WISHES = [Subscription(*each) for each in itertools.product(SUBJECTS, GROUPS)]


def test_the_permission_matrix_is_parsed_correctly() -> None:
    assert set(MATRIX) == set(USERS)
    responder = MATRIX["price_responder"]
    assert responder.may_subscribe(Subscription("price.lookup", "pricing"))
    assert responder.may_subscribe(Subscription("price.lookup.many", "pricing"))
    assert not responder.may_subscribe(Subscription("price.lookup"))
    assert responder.answers
    assert MATRIX["developer"].may_publish("$JS.API.CONSUMER.DELETE.ORDERS.mine")
    assert not MATRIX["developer"].may_publish("$JS.API.CONSUMER.DELETE.ORDERS.sales")
    assert all(matches(each, example_of(each)) for each in MATRIX["developer"].publish)


@pytest.mark.parametrize("user", USERS)
def test_a_user_may_publish_exactly_its_subjects(server: NatsServer, user: str) -> None:
    """It publishes without a reply subject: other tests check the answers."""

    async def publish_all(nc: Client) -> None:
        for subject in SUBJECTS:
            # An invalid body, so that an allowed API call of the server changes nothing.
            await nc.publish(subject, b"\\")

    _, refused = on_nats_as(server, user, publish_all)
    expected = {subject for subject in SUBJECTS if not MATRIX[user].may_publish(subject)}
    assert named_in(refused, SUBJECTS) == {f'"{subject}"' for subject in expected}
    assert len(refused) == len(expected)


@pytest.mark.parametrize("user", USERS)
def test_a_user_may_subscribe_to_exactly_its_subjects(server: NatsServer, user: str) -> None:
    async def subscribe_all(nc: Client) -> None:
        for wish in WISHES:
            await nc.subscribe(wish.subject, queue=wish.queue)

    _, refused = on_nats_as(server, user, subscribe_all)
    rights: Rights = MATRIX[user]
    expected = [wish for wish in WISHES if not rights.may_subscribe(wish)]
    assert len(refused) == len(expected)
    assert named_in(refused, SUBJECTS) == {f'"{wish.subject}"' for wish in expected}


def named_in(refused: list[str], subjects: list[str]) -> set[str]:
    """Return the subjects that the server's errors quote."""
    text = " ".join(refused).lower()
    return {f'"{subject}"' for subject in subjects if f'"{subject.lower()}"' in text}
