"""A member of staff at work in the admin's pages: goods, prices, dead letters, sales."""

import html
import re
import uuid
from urllib.parse import quote

from tests.acceptance.browser import Browser, Page

_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r'class="field-(\w+)[^"]*">(.*?)</t[dh]>', re.DOTALL)

type Row = dict[str, str]
"""A row of a list in the admin: column → text."""


class Staff:
    """Signed in with a password, as a person would."""

    def __init__(self, url: str, password: str) -> None:
        self._browser = Browser(url)
        page = self._browser.get("/admin/login/?next=/admin/")
        page = self._browser.submit(page, "password", username="staff", password=password)
        assert page.url.endswith("/admin/"), "staff was not let in"

    def put_on_sale(self, *, stock: int = 100, price: str = "5.00") -> str:
        """Add a product that no other test uses, and return its SKU."""
        sku = f"T-{uuid.uuid4().hex[:10].upper()}"
        page = self._browser.get("/admin/catalog/product/add/")
        typed = {"sku": sku, "name": f"Thing {sku}", "price": price, "stock": str(stock)}
        self._save(page, "price", **typed)
        return sku

    def change_price(self, sku: str, price: str) -> None:
        page = self._browser.get(f"/admin/catalog/product/?q={sku}")
        found = re.search(r"/admin/catalog/product/\d+/change/", page.html)
        assert found, f"no product {sku} in the admin"
        self._save(self._browser.get(found[0]), "price", price=price)

    def dead_letters(self, about: str) -> list[Row]:
        """Return those whose message id, reason or body holds that text."""
        return _rows(self._browser.get(f"/admin/messaging/deadletter/?q={quote(about)}"))

    def mails(self, order: str) -> list[Row]:
        return _rows(self._browser.get(f"/admin/notifications/mail/?q={order}"))

    def sales(self) -> Row:
        """Return the figures of the newest day."""
        return _rows(self._browser.get("/admin/sales/salesday/"))[0]

    def _save(self, page: Page, with_field: str, **typed: str) -> None:
        after = self._browser.submit(page, with_field, **typed)
        assert after.url != page.url, re.findall(r'class="errorlist".*?</ul>', after.html)


def _rows(page: Page) -> list[Row]:
    rows = (dict(_CELL.findall(row)) for row in _ROW.findall(page.html))
    return [{name: _text(cell) for name, cell in row.items()} for row in rows if row]


def _text(cell: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", cell)).strip()
