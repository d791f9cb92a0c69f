"""The actions of a person in the shop, step by step, in a real browser."""

from playwright.sync_api import Page, expect

from tests.demo.running import RunningDemo


class Shop:
    """One visitor at one page."""

    def __init__(self, page: Page, demo: RunningDemo) -> None:
        self.page = page
        self.demo = demo

    def put_in_cart(self, sku: str = "ABC", *, quantity: int = 1) -> None:
        self.page.goto(f"/products/{sku}/")
        self.page.get_by_label("Quantity").fill(str(quantity))
        self.page.get_by_role("button", name="Add to cart").click()

    def check_out(self, email: str) -> None:
        self.page.goto("/checkout/")
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_role("button", name="Place order").click()

    def buy(self, sku: str = "ABC", *, quantity: int = 1) -> str:
        """Buy it; return the address of the order's page, which says that it is placed."""
        self.put_in_cart(sku, quantity=quantity)
        self.check_out("ann@example.com")
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        return self.page.url

    def log_in(self) -> None:
        """Log in as the demo's member of staff."""
        password = (self.demo.folder / "demo" / "staff_password").read_text().strip()
        self.page.goto("/admin/login/")
        self.page.get_by_label("Username").fill("staff")
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Log in").click()
        expect(self.page.get_by_role("button", name="Log out")).to_be_visible()
