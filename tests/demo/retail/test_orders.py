"""A retailer's orders, placed in this shop."""

from collections import Counter
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from pytest_django.fixtures import Settings

from apps.demo.management.commands import import_orders as command
from apps.demo.retail import orders as orders_module
from apps.demo.retail.invoices import Invoice, invoices
from apps.demo.retail.orders import ImportedOrders, import_orders, wait_for_ends
from apps.demo.retail.rows import RetailRows
from apps.messaging.errors import NoResponder
from apps.messaging.models import OutboxMessage
from apps.messaging.request_reply.right_answer import OnlyWrongAnswers
from apps.orders.models import Order
from tests.catalog.products import make_product
from tests.orders.conftest import FakePrices, prices
from tests.orders.factories import confirm, make_order, reject

__all__ = ["prices"]

pytestmark = pytest.mark.django_db

FILE = b"""InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,ABC,TEAPOT,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
536366,XYZ,CUP,2,2010-12-01 08:28:00,1.85,,United Kingdom
536365,XYZ,CUP,1,2010-12-01 08:26:00,3.39,17850,United Kingdom
C536367,ABC,TEAPOT,-1,2010-12-01 08:34:00,2.55,17850,United Kingdom
536368,POST,POSTAGE,1,2010-12-01 08:34:00,18.00,12583,France
536369,NOPE,LAMP,1,2010-12-01 08:35:00,5.95,13047,United Kingdom
536370,ABC,TEAPOT,20000,2010-12-01 08:45:00,3.75,12583,France
536371,ABC,TEAPOT,1,2010-12-01 09:00:00,3.75,12583,France
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "invoices.csv"
    path.write_bytes(FILE)
    return path


def place(orders: list[Invoice], source: str = "invoices.csv") -> ImportedOrders:
    imported = ImportedOrders()
    import_orders(orders, source=source, into=imported)
    return imported


def run(*arguments: object) -> str:
    output = StringIO()
    call_command("import_orders", *arguments, verbosity=0, stdout=output)
    return output.getvalue()


def test_rows_become_orders_in_the_order_of_the_file() -> None:
    orders = invoices(RetailRows(BytesIO(FILE)))
    assert [order.number for order in orders] == ["536365", "536366", "536369", "536370", "536371"]
    assert [(line.sku, line.quantity) for line in orders[0].lines] == [("ABC", 6), ("XYZ", 1)]
    assert orders[0].email == "customer-17850@example.com"
    assert orders[1].email == "guest@example.com"


@pytest.mark.usefixtures("prices")
def test_orders_that_are_not_placed_are_counted_by_reason() -> None:
    imported = place(invoices(RetailRows(BytesIO(FILE))))
    events = OutboxMessage.objects.order_by("id").values_list("key", flat=True)
    assert list(map(str, imported.placed)) == list(events)
    assert len(imported.placed) == 3
    assert imported.skipped == {
        "product that the catalogue does not have": 1,
        "a quantity is between 1 and 10,000": 1,
    }


def test_it_waits_for_price_responders(prices: FakePrices, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Callable[[list[str]], object]] = [_no_responder, prices.look_up]

    def away_at_first(skus: list[str]) -> object:
        return answers.pop(0)(skus)

    monkeypatch.setattr("apps.orders.prices.look_up_prices", away_at_first)
    orders = invoices(RetailRows(BytesIO(FILE)))
    assert len(place(orders[:1]).placed) == 1


def test_it_waits_for_a_new_product_to_get_a_price(
    prices: FakePrices, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_product("ABC")
    answers: list[Callable[[list[str]], object]] = [_a_false_refusal, prices.look_up]

    def unknown_at_first(skus: list[str]) -> object:
        return answers.pop(0)(skus)

    monkeypatch.setattr("apps.orders.prices.look_up_prices", unknown_at_first)
    orders = invoices(RetailRows(BytesIO(FILE)))
    assert len(place(orders[-1:]).placed) == 1


def _a_false_refusal(skus: list[str]) -> object:
    """As `look_up_prices` has it of a responder that does not know a product for sale yet."""
    raise OnlyWrongAnswers("a refusal of what is right: unknown SKU 'ABC'")


def test_waiting_for_ends_has_a_limit() -> None:
    orders = [confirm(make_order()), reject(make_order()), make_order()]
    seen: list[Counter[str]] = []
    counts = wait_for_ends([order.id for order in orders], seconds=0, on_change=seen.append)
    assert counts == {"confirmed": 1, "rejected": 1, "placed": 1}
    assert seen == [counts]


@pytest.mark.usefixtures("prices")
def test_the_command_reports_on_orders_and_rows(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "WAIT_SECONDS", 0.0)
    printed = run(file).splitlines()
    assert printed[:4] == [
        "placed: 3",
        "confirmed: 0",
        "rejected: 0",
        "still waiting after 0 s: 3",
    ]
    assert "orders skipped: 2" in printed
    assert "orders without a customer's number, of a guest: 1" in printed
    assert "rows of the file: 8" in printed
    assert "  cancelled invoice: 1 (line 5)" in printed


@pytest.mark.usefixtures("prices")
def test_a_customer_number_with_a_decimal_point_is_read() -> None:
    rows = RetailRows(BytesIO(FILE.replace(b"17850", b"17850.0")))
    assert invoices(rows)[0].email == "customer-17850@example.com"


def test_ambiguous_dates_need_an_option(
    file: Path, prices: FakePrices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "WAIT_SECONDS", 0.0)
    file.write_bytes(FILE.replace(b"2010-12-01", b"1/12/2010"))
    with pytest.raises(CommandError, match="--dates=day-first or --dates=month-first"):
        run(file)
    assert run(file, "--dates=month-first").startswith("placed: 3\n")


@pytest.mark.usefixtures("prices")
def test_the_limit_counts_orders(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "WAIT_SECONDS", 0.0)
    assert run(file, "--limit", "2", "--rate", "1000").startswith("placed: 2\n")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.PRICE_REFRESH_SECONDS = 0.0
    monkeypatch.setattr(orders_module, "PATIENCE_SECONDS", 0.0)


@pytest.mark.usefixtures("impatient")
def test_without_prices_the_error_says_so(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.orders.prices.look_up_prices", _no_responder)
    with pytest.raises(CommandError, match="no prices"):
        run(file)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("why", [NoResponder, OperationalError, KeyboardInterrupt])
def test_a_repeated_import_reports_and_skips_placed_orders(
    file: Path,
    prices: FakePrices,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    why: type[BaseException],
) -> None:
    monkeypatch.setattr(command, "WAIT_SECONDS", 0.0)

    def only_two(skus: list[str]) -> object:
        if prices.asked == 2:
            raise why
        return prices.look_up(skus)

    with monkeypatch.context() as broken_off:
        broken_off.setattr("apps.orders.prices.look_up_prices", only_two)
        with pytest.raises((CommandError, why)):
            run(file)
    assert (
        "Orders placed: 2. Run the same command again within 24 hours for the others: it places"
        " none twice."
    ) in capsys.readouterr().err
    printed = run(file).splitlines()
    assert printed[:2] == ["placed: 1", "placed by an earlier run: 2"]
    assert "still waiting after 0 s: 3" in printed
    assert Order.objects.count() == 3


@pytest.mark.usefixtures("prices")
def test_invoices_of_another_file_are_other_orders() -> None:
    orders = invoices(RetailRows(BytesIO(FILE)))[:1]
    imported = [place(orders, source) for source in ("november.csv", "december.csv")]
    assert [len(each.placed) for each in imported] == [1, 1]


@pytest.mark.usefixtures("prices")
def test_an_invoice_that_has_changed_is_not_ordered_again() -> None:
    for content in (FILE, FILE.replace(b"TEAPOT,6", b"TEAPOT,7")):
        imported = place(invoices(RetailRows(BytesIO(content)))[:1])
    assert imported.placed == imported.earlier == []
    assert imported.skipped == {"number that an earlier run has ordered with other content": 1}


@pytest.mark.parametrize("content", [None, b"something,else\n1,2\n"])
def test_the_error_names_an_unreadable_file(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "orders.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=r"orders\.csv"):
        run(path)


def _no_responder(skus: list[str]) -> None:
    raise NoResponder
