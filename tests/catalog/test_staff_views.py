"""Pages of staff: products are listed, added, priced, counted and photographed."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from apps.catalog import services
from apps.catalog.models import Product
from apps.catalog.rules import STOCK_LIMIT
from apps.images import services as images
from apps.images import uploads
from apps.images.errors import DecoderLost
from apps.images.models import Photo
from tests.catalog.products import make_product
from tests.images.drawn import draw, encode
from tests.support.other_places import fields

pytestmark = pytest.mark.django_db

LIST, NEW, ONE = "/staff/products/", "/staff/products/new/", "/staff/products/ABC/"
TYPED = {"name": "Tin", "sku": "TIN-1", "price": "3.50", "stock": "4", "description": "With a lid."}


@pytest.fixture(autouse=True)
def picture_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def stored_files() -> list[str]:
    folder = Path(settings.MEDIA_ROOT)
    return [str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()]


def picture(data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("../tin.jpg", encode(draw()) if data is None else data)


def terms(**changes: Any) -> dict[str, Any]:
    """Return the form as the page shows it of a product with ten pieces at 9.99."""
    shown = {"price": "9.99", "stock": "10", "shown_price": "9.99", "shown_stock": "10"}
    return shown | changes


def the_product() -> tuple[Decimal, int, int]:
    product = Product.objects.get(sku="ABC")
    return product.price, product.price_version, product.stock


def test_a_product_can_be_added_with_a_photo(admin_client: Client) -> None:
    answer = admin_client.post(NEW, TYPED | {"photo": picture()})
    assert answer["Location"] == "/staff/products/TIN-1/#photo-way"
    assert Product.objects.get().description == "With a lid."
    assert Photo.objects.get().sku == "TIN-1"


def test_a_product_can_be_added_without_a_photo(admin_client: Client) -> None:
    page = admin_client.post(NEW, TYPED, follow=True).text
    assert "Tin is on sale." in page
    assert "There is no photo yet." in page


@pytest.mark.parametrize("data", [b"<svg>", b""])
def test_a_rejected_photo_adds_no_product_and_keeps_typed_values(
    admin_client: Client, data: bytes
) -> None:
    page = admin_client.post(NEW, TYPED | {"photo": picture(data)}).text
    assert '<ul class="errorlist" id="id_photo_error"><li>This is no JPEG, PNG or WebP' in page
    assert all(f'value="{TYPED[name]}"' in page for name in ("name", "sku", "price", "stock"))
    assert "With a lid." in page
    assert not Product.objects.exists()
    assert not Photo.objects.exists()


def test_a_too_large_photo_is_rejected_at_its_field(
    admin_client: Client, settings: Settings
) -> None:
    settings.PHOTO_MAX_BYTES = 100
    page = admin_client.post(NEW, TYPED | {"photo": picture()}).text
    assert "This picture is too large:" in page


def test_a_photo_can_be_resent_after_a_lost_decoder(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(data: bytes) -> None:
        raise DecoderLost

    monkeypatch.setattr("apps.images.sandbox.inspect", lost)
    page = admin_client.post(NEW, TYPED | {"photo": picture()}).text
    assert "Please upload it again." in page


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("sku", "new"),
        ("sku", "a/b"),
        ("sku", ""),
        ("price", "0"),
        ("price", "1e11"),
        ("stock", "-1"),
    ],
)
def test_an_invalid_product_field_is_rejected_at_its_field(
    admin_client: Client, field: str, typed: str
) -> None:
    page = admin_client.post(NEW, TYPED | {field: typed}).text
    assert f'id="id_{field}_error"' in page
    assert not Product.objects.exists()


def test_a_used_sku_is_rejected_before_storing_the_photo(admin_client: Client) -> None:
    make_product("TIN-1")
    page = admin_client.post(NEW, TYPED | {"photo": picture()}).text
    assert "There is a product with this SKU already." in page
    assert not Photo.objects.exists()
    assert not stored_files()


def test_one_of_two_concurrent_additions_of_a_sku_is_rejected(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_product("TIN-1", name="The first")
    monkeypatch.setattr("apps.catalog.forms.queries.names", lambda skus: {})
    page = admin_client.post(NEW, TYPED | {"photo": picture()}).text
    assert "There is a product with this SKU already." in page
    assert Product.objects.get().name == "The first"
    assert not stored_files()


def test_a_new_price_gets_a_new_version(admin_client: Client) -> None:
    make_product()
    assert admin_client.post(ONE, terms(price="8.50"))["Location"] == ONE
    assert the_product() == (Decimal("8.50"), 2, 10)


def test_a_stock_change_keeps_a_price_changed_meanwhile(
    admin_client: Client,
) -> None:
    make_product()
    services.change_price(sku="ABC", price=Decimal("8.50"))
    admin_client.post(ONE, terms(stock="12"))
    assert the_product() == (Decimal("8.50"), 2, 12)


def test_a_price_changed_meanwhile_is_shown_and_not_overwritten(admin_client: Client) -> None:
    make_product()
    services.change_price(sku="ABC", price=Decimal("8.50"))
    page = admin_client.post(ONE, terms(price="7.00", stock="12")).text
    assert "Somebody has changed the price since this page was shown: it is 8.50 now" in page
    assert the_product() == (Decimal("8.50"), 2, 10)
    assert admin_client.post(ONE, fields(page, action=ONE))["Location"] == ONE
    assert the_product() == (Decimal("7.00"), 3, 12)


def test_a_rejected_form_can_be_sent_again_as_the_page_shows_it(admin_client: Client) -> None:
    make_product()
    services.take_stock([("ABC", 4)])
    page = admin_client.post(ONE, terms(stock="3", price="8.50")).text
    sent = fields(page, action=ONE)
    assert (sent["price"], sent["shown_price"], sent["shown_stock"]) == ("8.50", "9.99", "6")
    assert admin_client.post(ONE, sent)["Location"] == ONE
    assert the_product() == (Decimal("8.50"), 2, 3)


def test_stock_taken_while_the_page_was_open_stays_taken(admin_client: Client) -> None:
    make_product()
    services.take_stock([("ABC", 4)])
    admin_client.post(ONE, terms(stock="30"))
    assert the_product()[2] == 26


def test_the_page_shows_the_remaining_stock_after_a_shortage(admin_client: Client) -> None:
    make_product()
    services.take_stock([("ABC", 4)])
    page = admin_client.post(ONE, terms(stock="3", price="8.50")).text
    assert "6 are left now" in page
    assert 'name="shown_stock" value="6"' in page
    assert the_product() == (Decimal("9.99"), 1, 6)


@pytest.mark.parametrize("address", [NEW, ONE])
def test_an_empty_form_is_explained(admin_client: Client, address: str) -> None:
    make_product()
    assert "Some fields are not valid" in admin_client.post(address).text


@pytest.mark.parametrize("sent", ["", "9,99", "many"])
@pytest.mark.parametrize(("name", "shown"), [("shown_price", "9.99"), ("shown_stock", "10")])
def test_an_invalid_hidden_field_is_explained_and_reset(
    admin_client: Client, name: str, shown: str, sent: str
) -> None:
    make_product()
    page = admin_client.post(ONE, terms(price="8.50", **{name: sent})).text
    assert "This page has changed since it was shown" in page
    assert f'name="{name}" value="{shown}"' in page
    assert the_product()[0] == Decimal("9.99")


def test_a_rejected_photo_changes_no_price_or_stock(admin_client: Client) -> None:
    make_product()
    page = admin_client.post(ONE, terms(price="8.50", photo=picture(b"<svg>"))).text
    assert 'id="id_photo_error"' in page
    assert 'value="8.50"' in page
    assert the_product()[0] == Decimal("9.99")


def test_staff_can_see_a_product_not_for_sale(admin_client: Client) -> None:
    make_product()
    Product.objects.update(is_active=False)
    assert "not for sale" in admin_client.get(ONE).text
    assert "Not for sale" in admin_client.get(LIST).text


def test_an_unknown_product_has_no_page(admin_client: Client) -> None:
    assert admin_client.get(ONE).status_code == 404


def test_the_page_polls_until_the_photo_is_ready(admin_client: Client) -> None:
    make_product()
    photo = uploads.add_photo(sku="ABC", file=ContentFile(encode(draw())))
    page = admin_client.get(ONE).text
    assert f'hx-get="{ONE}photo/?seen={photo.pk}-waiting-00" hx-trigger="every 1s"' in page
    assert admin_client.get(f"{ONE}photo/?seen={photo.pk}-waiting-00").status_code == 204
    images.make_preview(id=photo.pk)
    part = admin_client.get(f"{ONE}photo/?seen={photo.pk}-waiting-00").text
    assert "preview.jpeg" in part
    assert "every 1s" in part
    images.make_renditions(id=photo.pk)
    part = admin_client.get(f"{ONE}photo/?seen={photo.pk}-waiting-10").text
    assert "is ready in" in part
    assert "hx-trigger" not in part


def test_a_failed_photo_shows_its_reason(admin_client: Client) -> None:
    make_product()
    photo = uploads.add_photo(sku="ABC", file=ContentFile(encode(draw())))
    images.fail_photo(id=photo.pk, reason="it is <blurred>")
    assert "cannot be shown: it is &lt;blurred&gt;." in admin_client.get(ONE).text
    assert "Photo failed: it is &lt;blurred&gt;" in admin_client.get(LIST).text


def test_a_page_after_the_last_of_the_list_is_not_found(admin_client: Client) -> None:
    make_product("ABC")
    assert admin_client.get(LIST, {"page": 9}).status_code == 404


def test_who_may_only_add_products_is_led_to_pages_that_they_may_see(client: Client) -> None:
    adder = User.objects.create_user("adder", is_staff=True)
    rights = Permission.objects.filter(codename__in=["add_product", "view_product"])
    adder.user_permissions.set(rights)
    client.force_login(adder)
    answer = client.post(NEW, TYPED, follow=True)
    assert (answer.status_code, Product.objects.count()) == (200, 1)
    assert "Tin is on sale." in answer.text
    page = client.get(LIST).text
    assert "Add a product" in page
    assert "/staff/products/TIN-1/" not in page


def test_the_list_can_be_searched_by_name(admin_client: Client) -> None:
    make_product("A", name="Mug")
    make_product("B", name="Bowl")
    page = admin_client.get(f"{LIST}?q=mug").text
    assert "/staff/products/A/" in page
    assert "/staff/products/B/" not in page
    assert "No product has all of these words" in admin_client.get(f"{LIST}?q=zebra").text


def test_the_lists_queries_do_not_grow_with_products(
    admin_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        make_product(f"P{number}")
        uploads.add_photo(sku=f"P{number}", file=ContentFile(encode(draw())))
        images.make_preview(id=Photo.objects.latest("id").pk)
    # Session, user; products, their count, photos and renditions, states; the header: cart,
    # categories.
    with django_assert_num_queries(9):
        admin_client.get(LIST)


def test_a_stock_above_the_limit_after_returns_is_explained(admin_client: Client) -> None:
    make_product(stock=10)
    Product.objects.update(stock=STOCK_LIMIT)
    answer = admin_client.post(ONE, terms(stock="11"))
    assert answer.status_code == 200
    assert "would be above 1,000,000,000 pieces" in answer.text
    assert Product.objects.get().stock == STOCK_LIMIT


def test_a_product_that_breaks_a_rule_of_the_settings_is_explained(
    admin_client: Client, settings: Settings
) -> None:
    settings.CURRENCY = "eur"
    answer = admin_client.post(NEW, TYPED)
    assert answer.status_code == 200
    assert "currency: Three capital letters, like GBP." in answer.text
    assert not Product.objects.exists()


def test_a_rejected_change_keeps_no_photo(admin_client: Client) -> None:
    make_product(stock=10)
    Product.objects.update(stock=STOCK_LIMIT)
    assert admin_client.post(ONE, terms(stock="11", photo=picture())).status_code == 200
    assert not Photo.objects.exists()
    assert not stored_files()


def test_an_added_product_keeps_the_file_of_its_photo(admin_client: Client) -> None:
    admin_client.post(NEW, TYPED | {"photo": picture()})
    assert stored_files() == [Photo.objects.get().original_key]
