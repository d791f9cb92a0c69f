"""The way of an order: placed, decided by a worker, and mailed."""

from concurrent.futures import ThreadPoolExecutor

from tests.acceptance.nats_client import NatsClient
from tests.acceptance.shop import CONFIRMED_WAY, EMAIL, END_WITHIN_SECONDS, Shop
from tests.acceptance.staff import Staff
from tests.support.waiting import eventually


def test_a_confirmed_order_reduces_the_stock(shop: Shop, staff: Staff) -> None:
    sku = staff.put_on_sale(stock=5, price="7.25")
    placed = shop.order((sku, 2)).json
    assert (placed["status"], placed["total"], placed["currency"]) == ("placed", 14.5, "GBP")
    assert shop.end_of(placed["id"], within=END_WITHIN_SECONDS)["status"] == "confirmed"
    assert shop.stock(sku) == 3


def test_a_confirmed_order_has_one_mail_and_a_whole_journey(shop: Shop, staff: Staff) -> None:
    order = shop.buy(staff.put_on_sale())
    shop.wait_for_mail(order)
    eventually(lambda: shop.way(order) == CONFIRMED_WAY, what="all stations")
    (mail,) = staff.mails(order)
    assert (mail["kind"], mail["to"], mail["state"]) == ("order confirmed", EMAIL, "sent")


def test_a_journey_shows_times_and_the_stream_sequence(shop: Shop, staff: Staff) -> None:
    order = shop.buy(staff.put_on_sale())
    shop.end_of(order)
    eventually(lambda: ("sent", "orders.confirmed") in shop.way(order))
    hops = shop.hops(order)
    assert hops == sorted(hops, key=lambda hop: hop["at"])
    sequences = [hop["detail"]["sequence"] for hop in hops if hop["kind"] == "sent"]
    assert len(sequences) == 2
    assert sequences[0] < sequences[1]


def test_an_order_out_of_stock_is_rejected_and_takes_nothing(shop: Shop, staff: Staff) -> None:
    plenty, scarce = staff.put_on_sale(stock=9), staff.put_on_sale(stock=1)
    placed = shop.order((plenty, 1), (scarce, 2)).json
    ended = shop.end_of(placed["id"])
    assert ended["status"] == "rejected"
    assert scarce in ended["reason"]
    assert (shop.stock(plenty), shop.stock(scarce)) == (9, 1)


def test_a_listener_gets_events_without_the_email_address(
    shop: Shop, staff: Staff, nats: NatsClient
) -> None:
    with nats.listening("orders.>") as received:
        order = shop.buy(staff.put_on_sale())
        eventually(lambda: len([m for m in received if order.encode() in m.data]) == 2)
    about_it = [message for message in received if order.encode() in message.data]
    assert [message.subject for message in about_it] == ["orders.placed", "orders.confirmed"]
    assert all(message.headers["ce-type"].startswith("shop.orders.") for message in about_it)
    assert not any(EMAIL.encode() in message.data for message in received)


def test_repeated_cancellations_cancel_an_order_once(shop: Shop, staff: Staff) -> None:
    sku = staff.put_on_sale(stock=4)
    order = shop.buy(sku, 3)
    shop.end_of(order)
    first, again = shop.cancel(order), shop.cancel(order)
    assert (first.status, first.json) == (again.status, again.json)
    assert first.json["status"] == "cancelled"
    eventually(lambda: shop.stock(sku) == 4)
    shop.wait_for_mail(order, mails=2)  # That it is confirmed, and that it is cancelled.
    shop.until_settled()
    assert shop.stock(sku) == 4


def test_a_rejected_order_cannot_be_cancelled(shop: Shop, staff: Staff) -> None:
    order = shop.buy(staff.put_on_sale(stock=0))
    shop.end_of(order)
    assert shop.cancel(order).status == 409
    assert shop.look_at(order)["status"] == "rejected"


def test_the_last_pieces_are_never_oversold(shop: Shop, staff: Staff) -> None:
    last_pieces(shop, staff)


def last_pieces(shop: Shop, staff: Staff) -> None:
    """Forty customers want ten pieces, and every second one cancels: the stock must add up."""
    sku = staff.put_on_sale(stock=10)
    fewest = 10

    def want(number: int) -> str:
        nonlocal fewest
        order = shop.buy(sku)
        if number % 2:
            shop.cancel(order)
        fewest = min(fewest, shop.stock(sku))
        return order

    with ThreadPoolExecutor(40) as people:
        orders = list(people.map(want, range(40)))
    shop.until_settled(within=20)
    ends = [shop.look_at(order)["status"] for order in orders]
    assert set(ends) <= {"confirmed", "rejected", "cancelled"}
    assert shop.stock(sku) == 10 - ends.count("confirmed")
    assert fewest >= 0
    # A rejected order came while ten others still held the pieces.
    assert ends.count("confirmed") <= 10
