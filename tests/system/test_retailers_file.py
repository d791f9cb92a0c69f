"""A retailer's file against the running shop: its products and orders imported."""

from pathlib import Path

from tests.acceptance.shop import Shop
from tests.demo.running import RunningDemo

FILE = """\
InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
900001,R-ONE,RED LANTERN,2,2010-12-01 08:26:00,3.25,17850,United Kingdom
900001,R-TWO,TEA SET,1,2010-12-01 08:26:00,12.00,17850,United Kingdom
900002,R-ONE,RED LANTERN,100,2010-12-02 09:00:00,3.50,13047,France
C900003,R-ONE,RED LANTERN,-1,2010-12-02 09:30:00,3.50,13047,France
900004,POST,POSTAGE,1,2010-12-03 10:00:00,18.00,12583,France
"""


def test_the_retailers_products_and_orders_are_imported(
    live_demo: RunningDemo, shop: Shop, tmp_path: Path
) -> None:
    file = tmp_path / "retail.csv"
    file.write_text(FILE)
    imported = live_demo.manage("import_catalogue", str(file), "--stock", "50")
    assert "2 added" in imported.stdout, imported.stderr
    ordered = live_demo.manage("import_orders", str(file))
    said = ordered.stdout.splitlines()
    assert said[:3] == ["placed: 2", "confirmed: 1", "rejected: 1"], ordered.stderr
    # Its latest price, and what the confirmed order has taken.
    assert (shop.product("R-ONE")["price"], shop.stock("R-ONE")) == (3.5, 48)
