"""A photo with scripts on: it appears without a reload, the preview first."""

import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect

from tests.browser.shop import Shop


def test_an_uploaded_photo_appears_by_itself(shop: Shop, tmp_path: Path) -> None:
    picture = tmp_path / "red.png"
    Image.new("RGB", (1200, 900), "firebrick").save(picture)
    shop.log_in()
    page = shop.page
    page.goto("/staff/products/ABC/")
    before = page.locator("img").first.get_attribute("src")
    page.get_by_label("Photo (optional)").set_input_files(picture)
    page.get_by_role("button", name="Save").click()
    ready = page.get_by_text(re.compile(r"Photo \d+ is ready in 6 files"))
    expect(ready).to_be_visible(timeout=20_000)
    expect(page.locator("img").first).not_to_have_attribute("src", before or "")
    page.goto("/products/ABC/")
    image = page.locator(".product-picture img")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.complete && image.naturalWidth > 0")
