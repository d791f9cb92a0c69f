"""Products made of invoice lines, and the command that makes them."""

from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.catalog.models import Product
from apps.catalog.rules import STOCK_LIMIT
from apps.demo.retail.catalogue import tidy
from tests.catalog.products import make_product

pytestmark = pytest.mark.django_db

FILES = Path(__file__).parent / "files"
LINES = """\
InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HANGING  HEART T-LIGHT HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
536370,85123A,WHITE HANGING HEART,6,13/2/2011 9:00,2.95,17850,United Kingdom
536366,85123A,OLD NAME,6,02-12-2010 08:28,2.75,17850,United Kingdom
536367,22633,HAND WARMER UNION JACK,6,2010-12-01 08:28:00,1.85,,United Kingdom
C536379,22633,HAND WARMER UNION JACK,-1,2011-12-01 09:41:00,9.85,14527,United Kingdom
536370,POST,POSTAGE,3,2010-12-01 08:45:00,18.00,12583,France
536414,22139,,56,2010-12-01 11:52:00,0.0,,United Kingdom
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "retail.csv"
    path.write_bytes(b"\xef\xbb\xbf" + LINES.encode())
    return path


def import_catalogue(file: Path, *arguments: str, **options: int) -> str:
    out = StringIO()
    call_command("import_catalogue", file, *arguments, verbosity=0, stdout=out, **options)
    return out.getvalue()


def test_each_code_becomes_a_product_at_its_latest_price(file: Path) -> None:
    import_catalogue(file)
    heart, warmer = Product.objects.order_by("-sku")
    assert (heart.sku, heart.name, heart.price) == (
        "85123A",
        "White Hanging Heart",
        Decimal("2.95"),
    )
    assert (warmer.sku, warmer.price, warmer.stock) == ("22633", Decimal("1.85"), 1000)


def test_the_report_counts_rows_taken_and_skipped(file: Path) -> None:
    said = import_catalogue(file)
    assert "rows taken: 4" in said
    assert "rows skipped: 3" in said
    for reason in ("cancelled invoice: 1", "code that is no product: 1", "no description: 1"):
        assert reason in said
    assert "2 added, 0 changed, 0 unchanged" in said


def test_a_second_import_changes_nothing(file: Path) -> None:
    import_catalogue(file)
    Product.objects.update(stock=3)
    before = list(Product.objects.values())
    assert "0 added, 0 changed, 2 unchanged" in import_catalogue(file)
    assert list(Product.objects.values()) == before


def test_a_newer_file_changes_the_price(file: Path) -> None:
    import_catalogue(file)
    newer = "999,22633,HAND WARMER UNION JACK,1,2011-12-05 08:00:00,2.10,,France\n"
    file.write_text(LINES + newer)
    assert "0 added, 1 changed, 1 unchanged" in import_catalogue(file)
    product = Product.objects.get(sku="22633")
    assert (product.price, product.price_version) == (Decimal("2.10"), 2)


def test_a_product_in_another_currency_is_not_changed(file: Path) -> None:
    """The file's prices are in the shop's currency: 2.55 pounds are not 2.55 euros."""
    make_product(sku="85123a", price="3.50")
    Product.objects.update(currency="EUR")
    said = import_catalogue(file)
    assert "1 added, 0 changed, 0 unchanged" in said
    assert "left alone, in another currency: 85123a" in said
    product = Product.objects.get(sku="85123a")
    assert (product.price, product.currency) == (Decimal("3.50"), "EUR")


def test_a_code_in_lower_case_is_found(file: Path) -> None:
    make_product(sku="85123a", price="3.50")
    assert "1 added, 1 changed, 0 unchanged" in import_catalogue(file)
    assert Product.objects.get(sku__iexact="85123A").price == Decimal("2.95")


def test_of_two_codes_the_one_in_the_same_case_is_changed(file: Path) -> None:
    for sku in ("85123a", "85123A"):
        make_product(sku=sku, price="3.50")
    import_catalogue(file)
    prices = dict(Product.objects.values_list("sku", "price"))
    assert (prices["85123a"], prices["85123A"]) == (Decimal("3.50"), Decimal("2.95"))


def test_the_stock_of_new_products_can_be_given(file: Path) -> None:
    import_catalogue(file, stock=7)
    assert set(Product.objects.values_list("stock", flat=True)) == {7}


def test_the_error_names_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.csv"):
        import_catalogue(tmp_path / "none.csv")


def test_the_error_names_missing_columns(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("sku,price\n1,2\n")
    with pytest.raises(CommandError, match="StockCode"):
        import_catalogue(path)


@pytest.mark.parametrize("name", ["dates-in-doubt.csv", "dates-both-orders.csv"])
def test_ambiguous_dates_need_an_option(name: str) -> None:
    with pytest.raises(CommandError, match="--dates=day-first or --dates=month-first"):
        import_catalogue(FILES / name)
    assert not Product.objects.exists()


@pytest.mark.parametrize(("order", "price"), [("day-first", "3.00"), ("month-first", "4.00")])
def test_the_dates_option_decides(order: str, price: str) -> None:
    import_catalogue(FILES / "dates-in-doubt.csv", f"--dates={order}")
    assert Product.objects.get().price == Decimal(price)


def test_an_unknown_order_of_dates_is_an_error() -> None:
    with pytest.raises(CommandError, match="--dates: is day-first or month-first"):
        import_catalogue(FILES / "dates-in-doubt.csv", "--dates=year-first")


def test_an_open_quote_spoils_one_line() -> None:
    said = import_catalogue(FILES / "open-quote.csv")
    assert "rows of the file: 32\nrows taken: 31\nrows skipped: 1\n" in said
    assert "  quote that is never closed: 1 (line 3)" in said
    assert Product.objects.count() == 31


def test_codes_that_no_address_can_carry_are_skipped() -> None:
    said = import_catalogue(FILES / "codes-for-no-address.csv")
    assert set(Product.objects.values_list("sku", flat=True)) == {"NEW", "GOOD-1"}
    assert "letters, digits, . _ -, or too long: 3 (lines 2, 3, 5)" in said


def test_a_stock_above_the_limit_is_an_error() -> None:
    with pytest.raises(CommandError, match=r"stock: .*1000000000"):
        import_catalogue(FILES / "codes-for-no-address.csv", stock=STOCK_LIMIT + 1)
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("written", "tidied"),
    [
        ("SET OF 6  T-LIGHTS", "Set of 6 T-Lights"),
        ("KID'S CHALKBOARD/EASEL", "Kid's Chalkboard/Easel"),
        ("TAPE 10CM 3D", "Tape 10cm 3d"),
        ("THE KING'S BOX ", "The King's Box"),
        ("Hand painted box", "Hand painted box"),
        ("mug,", "Mug"),
    ],
)
def test_names_in_capitals_become_readable(written: str, tidied: str) -> None:
    assert tidy(written) == tidied
