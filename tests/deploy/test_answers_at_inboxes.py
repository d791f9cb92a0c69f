"""A caller names the reply subject; a responder answers in inboxes, and nowhere else."""

from collections.abc import Iterator

import pytest

from apps.messaging.brokers.nats_py_fixes import PatchedClient
from tests.deploy.nats_conf import Subscription, rights_of_users
from tests.deploy.nats_users import CONFIG, inbox_of, on_nats_as, shop_nats, url_of
from tests.support.nats_server import NatsServer

ELSEWHERE = "orders.placed"
RESPONDERS = [
    (user, question)
    for user, rights in rights_of_users(CONFIG).items()
    if rights.answers
    for question in rights.subscribe
    if question.queue
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """The users alone: no stream takes part in a question."""
    with shop_nats(tmp_path_factory.mktemp("nats")) as server:
        yield server


def test_there_are_responders() -> None:
    assert RESPONDERS


@pytest.mark.parametrize(("user", "question"), RESPONDERS)
def test_an_answer_goes_to_no_other_subject(
    server: NatsServer, user: str, question: Subscription
) -> None:
    async def answer(nc: PatchedClient) -> None:
        questions = await nc.subscribe(question.subject, queue=question.queue)
        await nc.flush()
        asker = PatchedClient()
        await asker.connect(url_of(server, "developer"), inbox_prefix=inbox_of("developer"))
        await asker.publish(question.subject, b"{}", reply=ELSEWHERE)
        await asker.close()
        asked = await questions.next_msg(timeout=60)
        assert asked.reply == ELSEWHERE
        await nc.publish(asked.reply, b"")

    _, refused = on_nats_as(server, user, answer)
    (refusal,) = refused
    assert ELSEWHERE.lower() in refusal.lower()
