"""Each line of `docs/from-the-terminal.md`, typed at the running shop with real clients."""

from pathlib import Path

import pytest

from tests.acceptance.addresses import Addresses
from tests.acceptance.clients import NATS_2, NATS_3, OF_NATS, OF_SQS, Client
from tests.acceptance.nats_client import NatsClient
from tests.acceptance.reader import WITHIN, Reader, queue_for_ourselves, reading
from tests.acceptance.shop import Shop
from tests.acceptance.terminal_page import Row, Section, sections
from tests.acceptance.typed import Typed
from tests.support.waiting import eventually

SECTIONS = sections()
CASES = [
    pytest.param(section, client, id=f"{section.title}-{client.name}")
    for section in SECTIONS
    for client in (OF_SQS if section.title == "SQS" else OF_NATS)
]
ORDERS = 15
"""Enough of them that a responder of three is asked for certain."""
PRICES = {"ABC": 9.99, "TEA-POT": 34.0}


def named(title: str) -> Section:
    return next(each for each in SECTIONS if each.title == title)


def test_the_terminal_page_has_a_table_for_each_pattern() -> None:
    titles = [each.title for each in SECTIONS]
    assert titles == ["Publish-subscribe", "Queue group", "Request-reply", "JetStream", "SQS"]


@pytest.mark.parametrize(("section", "client"), CASES)
def test_the_lines_of_the_terminal_page_work(
    section: Section, client: Client, addresses: Addresses, nats: NatsClient, tmp_path: Path
) -> None:
    type_the_lines(section, client, addresses, nats, tmp_path)


def type_the_lines(
    section: Section, client: Client, addresses: Addresses, nats: NatsClient, folder: Path
) -> None:
    """Type each line of a table; fail unless it shows what the page says."""
    # The lines of the tables before it were typed as well: the stream is not empty.
    nats.publish("orders.placed", b'{"id": 42, "total": 19.99}')
    listening: list[tuple[Row, Row, Typed]] = []
    neighbours = zip(section.rows, (*section.rows[1:], section.rows[-1]), strict=True)
    with (
        queue_for_ourselves(section.title == "SQS", addresses),
        reading(client, folder, addresses.exports) as reader,
    ):
        before = section.rows[0]
        for row, below in neighbours:
            if row.goes_on(client.language):
                listening.append((row, below, reader.start(row)))
            else:
                is_seen(reader, row, before)
            before = row
        if any("consumer rm" in row.lines.get(client.language, "") for row in section.rows):
            assert not nats.has_durable("workers"), "the line prints no word"
        for row, below, typed in listening:
            is_received(reader, row, below, typed)
        assert [typed.printed for *_, typed in listening if typed.failed] == []


def is_seen(reader: Reader, row: Row, before: Row) -> None:
    """Type a line until it shows what the page says; a competing member may be quicker."""
    typed = reader.type(row)

    def seen() -> bool:
        nonlocal typed
        if not typed.shows(*row.sees):
            reader.type(before)
            typed = reader.type(row)
        return typed.shows(*row.sees)

    eventually(seen, within=WITHIN, what=lambda: f"{row.sees} in {typed.printed!r}")


def is_received(reader: Reader, row: Row, below: Row, typed: Typed) -> None:
    """Every listener gets the message; a group member gets only some of them."""

    def received() -> bool:
        if not typed.shows(*row.sees) and below.sends(reader.client.language):
            reader.type(below)
        return typed.shows(*row.sees)

    eventually(received, within=WITHIN, what=lambda: f"{row.sees} in {typed.printed!r}")


@pytest.mark.parametrize("client", OF_NATS, ids=lambda client: client.name)
@pytest.mark.parametrize("number", [1, 2], ids=["outside the group", "inside the group"])
def test_orders_beside_the_tutorials_responder_cost_the_right_price(
    *,
    client: Client,
    number: int,
    addresses: Addresses,
    shop: Shop,
    nats: NatsClient,
    tmp_path: Path,
) -> None:
    def answers() -> bool:
        """Only the tutorial's responder answers for an unknown product."""
        return nats.is_answered("price.lookup", b'{"sku": "NOBODY-SELLS-IT"}', by=b"ABC")

    with reading(client, tmp_path, addresses.exports) as reader:
        reader.start(named("Request-reply").rows[number])
        eventually(answers, within=WITHIN, what="the tutorial's responder")
        bought = [shop.order((sku, 1)) for sku in PRICES for _ in range(ORDERS)]
    assert {each.status for each in bought} == {201}
    assert [each.json["total"] for each in bought] == [
        price for price in PRICES.values() for _ in range(ORDERS)
    ]


@pytest.mark.parametrize("client", [NATS_2, NATS_3], ids=lambda client: client.name)
def test_the_tutorials_connect_works_without_nats_users(
    client: Client, addresses: Addresses, tmp_path: Path
) -> None:
    connect = (
        f"import {{ connect }} {client.opens};\n"
        'const nc = await connect({ servers: "localhost:4222" });\n'
        "console.log('connected');\nawait nc.drain();"
    )
    client.check()
    typed = client.bare().type(connect, goes_on=False, folder=tmp_path, exports=addresses.exports)
    typed.ended(within=WITHIN)
    typed.stop()
    asks_who = "NATS_USER" in addresses.exports
    assert typed.shows("Authorization Violation" if asks_who else "connected")


def test_every_line_of_the_page_is_in_all_three_languages() -> None:
    missing = [row for section in SECTIONS for row in section.rows if not all(row.lines.values())]
    assert missing == []
