"""A message that is published again has one effect."""

from tests.acceptance.nats_client import NatsClient
from tests.acceptance.shop import Shop
from tests.acceptance.staff import Staff
from tests.support.waiting import eventually


def sequences(shop: Shop, order: str) -> list[int]:
    """Return the stream sequences of the order's events."""
    return [hop["detail"]["sequence"] for hop in shop.hops(order) if hop["kind"] == "sent"]


def test_a_duplicate_within_the_window_is_not_stored(
    shop: Shop, staff: Staff, nats: NatsClient
) -> None:
    order = shop.buy(staff.put_on_sale())
    eventually(lambda: sequences(shop, order))
    sequence = sequences(shop, order)[0]
    original = nats.stored(sequence)
    ack = nats.store(original.subject, original.data, original.headers)
    assert (ack.duplicate, ack.seq) == (True, sequence)


def test_a_duplicate_after_the_window_changes_nothing(
    shop: Shop, staff: Staff, nats: NatsClient
) -> None:
    sku = staff.put_on_sale(stock=10)
    order = shop.buy(sku, 2)
    shop.wait_for_mail(order)
    eventually(lambda: len(sequences(shop, order)) == 2)
    shop.until_settled()
    before = (staff.sales(), shop.stock(sku), len(shop.hops(order)), letters(shop))
    for sequence in sequences(shop, order):
        original = nats.stored(sequence)
        # As after the duplicate window: the stream no longer knows the id; `ce-id` stays the same.
        again = {**original.headers, "Nats-Msg-Id": f"again-{original.headers['Nats-Msg-Id']}"}
        assert nats.store(original.subject, original.data, again).duplicate is None
    shop.until_settled()
    assert (staff.sales(), shop.stock(sku), len(shop.hops(order)), letters(shop)) == before
    (mail,) = staff.mails(order)
    assert mail["attempts"] == "1"


def letters(shop: Shop) -> int:
    return int(shop.status()["dead_letters"]["total"])
