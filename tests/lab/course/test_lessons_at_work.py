"""Each lesson on the whole shop: typed with real clients it ticks, for this reader alone.

What one reader does is the other's near miss: it ticks the own lesson, and not the other's.
"""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from apps.lab.course.lessons.group import SETTLED
from tests.acceptance.addresses import Addresses
from tests.acceptance.nats_client import NatsClient
from tests.acceptance.shop import Shop
from tests.acceptance.typed import Typed
from tests.lab.course.visitor import WITHIN, Visitor, visiting
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow


@pytest.fixture
def ann(addresses: Addresses, tmp_path: Path) -> Iterator[Visitor]:
    with visiting(addresses, tmp_path / "ann") as visitor:
        yield visitor


@pytest.fixture
def bob(addresses: Addresses, tmp_path: Path) -> Iterator[Visitor]:
    with visiting(addresses, tmp_path / "bob") as visitor:
        yield visitor


@pytest.fixture
def eve(addresses: Addresses, tmp_path: Path) -> Iterator[Visitor]:
    """A reader with `aws`."""
    with visiting(addresses, tmp_path / "eve", aws=True) as visitor:
        yield visitor


def becomes_true(is_so: Callable[[], bool], *, within: float) -> bool:
    """Look twice a second for so many seconds; a test of what does not happen needs all of them."""
    end = time.monotonic() + within
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.5)
    return True


def test_the_lesson_of_publishing_hears_what_is_typed(
    ann: Visitor, bob: Visitor, shop: Shop
) -> None:
    heard = ann.type("publish", "Listen")
    shop.buy("ABC")
    bob.type_line(f"nats pub orders.place '{{\"id\": {bob.number}}}'")
    bob.type("publish", "Publish")
    bob.waits_for("publish", 1)
    assert ann.ticks("publish") == 0

    ann.type("publish", "Publish")
    ann.waits_for("publish", 1)
    eventually(lambda: heard.shows(f'"id": {ann.number}'), within=WITHIN, what="her own message")

    one_word = ann.type("publish", "Listen for one word")
    eventually(lambda: one_word.shows("Subscribing on orders.*"), within=WITHIN, what="she listens")
    ann.type("publish", "Publish on two words")
    assert ann.ticks("publish") == 1
    ann.type("publish", "Publish on three words")
    ann.waits_for("publish", 2)
    subjects = re.compile(r'Received on "(orders\.gift[.\w]*)"')
    eventually(
        lambda: subjects.findall(heard.printed) == ["orders.gift", "orders.gift.wrapped"],
        within=WITHIN,
        what="both lines in the first terminal",
    )
    assert subjects.findall(one_word.printed) == ["orders.gift"]
    assert bob.ticks("publish") == 1


def test_the_lesson_of_listeners_hears_both_responders(
    ann: Visitor, bob: Visitor, nats: NatsClient
) -> None:
    nats.publish("catalog.price_changes", b'{"sku": "ABC", "by": %d}' % ann.number)
    bob.type("every-listener", "Announce a price")
    bob.waits_for("every-listener", 1)
    assert ann.ticks("every-listener") == 0


def test_the_lesson_of_groups_hears_one_more_member(ann: Visitor, bob: Visitor) -> None:
    listener = bob.type_line("nats sub jobs.resize")
    joined = "Subscribing on jobs.resize"
    eventually(lambda: listener.shows(joined), within=WITHIN, what="he listens, without the group")
    bob.press("group", "offer")
    eventually(
        lambda: listener.printed.count('"task"') >= 10, within=WITHIN, what="he receives all ten"
    )
    assert not becomes_true(lambda: bob.ticks("group") == 1, within=2 * SETTLED)

    member = ann.type("group", "Join the group")
    eventually(lambda: member.shows(joined), within=WITHIN, what="she is a member")

    for _ in range(4):  # Of ten offers none comes to her in one of twenty cases.
        ann.press("group", "offer")
        if becomes_true(lambda: ann.ticks("group") == 1, within=WITHIN):
            break
    assert ann.ticks("group") == 1
    assert member.shows('"task":"resize"')
    assert bob.ticks("group") == 0


def test_the_lesson_of_requests_hears_a_question_and_an_answer(
    ann: Visitor, bob: Visitor, nats: NatsClient
) -> None:
    listens = ann.type("request-reply", "Listen to the questions")
    eventually(lambda: listens.shows("Subscribing"), within=WITHIN, what="she listens")
    bob.type("request-reply", "Ask")
    bob.waits_for("request-reply", 1)
    assert ann.ticks("request-reply") == 0
    ann.type("request-reply", "Ask")
    ann.waits_for("request-reply", 1)
    assert 'on "price.lookup" with reply "_INBOX.' in listens.printed

    of_another = bob.line("request-reply", "Be a third responder").replace("ABC", "TEA-POT")
    bob.type_line(of_another)
    eventually(
        lambda: nats.is_answered("price.lookup", b'{"sku": "NONE"}', by=b"TEA-POT"),
        within=WITHIN,
        what="he answers, with another product",
    )
    assert "costs 9.99" in ann.press("request-reply", "ask")
    assert (ann.ticks("request-reply"), bob.ticks("request-reply")) == (1, 1)

    ann.type("request-reply", "Be a third responder")
    eventually(
        lambda: nats.is_answered("price.lookup", b'{"sku": "NONE"}', by=b"%d" % ann.number),
        within=WITHIN,
        what="she answers too",
    )
    eventually(
        lambda: ann.press("request-reply", "ask") and ann.ticks("request-reply") == 2,
        within=WITHIN,
        what="the shop accepts an answer of hers",
    )
    assert bob.ticks("request-reply") == 1


def test_the_lesson_of_durables_hears_a_second_delivery(ann: Visitor, bob: Visitor) -> None:
    for visitor in (ann, bob, bob):
        visitor.type("durable", "Fill an empty stream")
    bob.type_line(bob.line("durable", "Create it").replace("--wait 5s", "--wait 60s"))
    ann.type("durable", "Create it")
    ann.waits_for("durable", 1)
    assert bob.ticks("durable") == 0

    assert ann.type("durable", "Pull and acknowledge").shows("Acknowledged message")
    ann.waits_for("durable", 2)
    ann.type("durable", "Pull only")
    ann.waits_for("durable", 3)
    assert ann.ticks("durable") == 3

    def pull(does: str) -> Typed:
        """Wait for longer than the ack wait, after which the event comes again."""
        return ann.type_line(f"{ann.line('durable', does)} --timeout 9s")

    def comes_again() -> bool:
        return pull("Pull again").shows("tries: 2")

    eventually(comes_again, within=WITHIN, what="the same event, a second time")
    ann.waits_for("durable", 4)
    eventually(
        lambda: pull("Acknowledge it now") and ann.ticks("durable") == 5,
        within=WITHIN,
        what="all is acknowledged",
    )
    ann.type("durable", "Remove it")
    ann.waits_for("durable", 6)
    assert bob.ticks("durable") == 0


def test_the_lesson_of_replay_hears_the_past_read_again(ann: Visitor, bob: Visitor) -> None:
    for _ in range(3):
        ann.type("durable", "Fill an empty stream")
    bob.type_line(bob.line("replay", "Create it").replace("--deliver all", "--deliver new"))
    ann.type("replay", "Create it")
    ann.waits_for("replay", 1)
    assert bob.ticks("replay") == 0

    ann.type("replay", "Pull 3 events")
    ann.waits_for("replay", 2)
    assert ann.ticks("replay") == 2
    ann.type("replay", "Remove it")
    ann.waits_for("replay", 3)
    assert bob.ticks("replay") == 0


def test_the_lesson_of_jobs_hears_one_received_and_deleted(eve: Visitor, bob: Visitor) -> None:
    eve.type("job", "CreateQueue")
    eve.waits_for("job", 1)
    assert (eve.ticks("job"), bob.ticks("job")) == (1, 0)
    eve.type("job", "SendMessage")
    eve.waits_for("job", 2)
    assert eve.ticks("job") == 2
    eve.type("job", "ReceiveMessage")
    eve.waits_for("job", 3)
    assert eve.ticks("job") == 3
    eve.type("job", "DeleteMessage")
    eve.waits_for("job", 4)
    assert bob.ticks("job") == 0


def test_the_lesson_of_repeats_hears_a_job_that_comes_twice(
    eve: Visitor, bob: Visitor, addresses: Addresses
) -> None:
    assert addresses.manage
    eve.type("job-twice", "Send a job")
    assert eve.ticks("job-twice") == 0
    addresses.manage("fault", "on", "job.polling", "skip", "--for", "300")
    try:
        eve.waits_for("job-twice", 1)
        eve.type("job-twice", "Send a job")
        eventually(
            lambda: eve.type("job-twice", "Receive it, and hide it for five seconds").shows(
                str(eve.number)
            ),
            within=WITHIN,
            what="the job is hers",
        )
        assert eve.ticks("job-twice") == 1
    finally:
        addresses.manage("fault", "off")
    eve.waits_for("job-twice", 2)
    assert bob.ticks("job-twice") == 0


def test_the_lesson_of_dead_letters_hears_one_redriven(
    ann: Visitor, bob: Visitor, addresses: Addresses, shop: Shop
) -> None:
    assert addresses.manage
    found = re.search(r"Order ([0-9a-f-]{36}) is placed", bob.press("redrive", "order"))
    assert found

    def is_counted() -> bool:
        """Both of its events, so that none of them meets the fault."""
        steps = [(hop["kind"], hop["name"]) for hop in shop.hops(found[1])]
        return steps.count(("handled", "sales")) == 2

    eventually(is_counted, within=WITHIN, what="his order is counted")
    addresses.manage("fault", "on", "consumer.fetched", "corrupt", "--consumer", "sales")
    try:
        ann.press("redrive", "order")
        ann.waits_for("redrive", 1)
    finally:
        addresses.manage("fault", "off")
    assert (ann.ticks("redrive"), bob.ticks("redrive")) == (1, 0)

    newest = re.findall(
        r"/lab/dead-letters/(\d+)/", ann.page("/lab/dead-letters/?transport=jetstream")
    )
    page = ann.page(f"/lab/dead-letters/{newest[0]}/")
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[-1]
    ann.page(f"/lab/dead-letters/{newest[0]}/redrive/", {"csrfmiddlewaretoken": token})
    ann.waits_for("redrive", 2)
    assert bob.ticks("redrive") == 0
