"""The demo's shop, put back."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from pytest_django.fixtures import Settings

from apps.catalog.models import Category, Product
from apps.catalog.services import add_category, add_product, change_price
from apps.demo import seed, seed_again
from apps.demo.assortment import PLAY
from apps.images.models import Photo
from apps.images.uploads import add_photo

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def seeded(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    monkeypatch.setattr(seed, "SHELVES", (PLAY,))
    monkeypatch.setattr(seed_again, "SHELVES", (PLAY,))
    settings.DEMO_DIR = tmp_path
    call_command("seed", verbosity=0)


def restore() -> None:
    call_command("seed", restore=True, verbosity=0)


def test_prices_and_stock_are_reset() -> None:
    change_price(sku="ABC", price=Decimal("1.00"))
    Product.objects.filter(sku="ABC").update(stock=3, is_active=False, name="Blocks")
    Product.objects.filter(sku="PLAY-KITE").update(stock=500)
    restore()
    abc = Product.objects.get(sku="ABC")
    assert (str(abc.price), abc.stock, abc.is_active) == ("9.99", 250, True)
    assert abc.name == "Alphabet blocks"
    assert Product.objects.get(sku="PLAY-KITE").stock == 40


def test_a_reset_price_gets_a_newer_version() -> None:
    change_price(sku="ABC", price=Decimal("1.00"))
    before = Product.objects.get(sku="ABC").price_version
    restore()
    assert Product.objects.get(sku="ABC").price_version > before


def test_added_products_are_deleted() -> None:
    toys = add_category(slug="toys", name="Toys")
    add_product(sku="NEW", name="New", price=Decimal("2.00"), category=toys)
    restore()
    assert not Product.objects.filter(sku="NEW").exists()
    assert not Category.objects.filter(slug="toys").exists()


def test_a_newer_photo_is_deleted_with_its_files() -> None:
    file = ContentFile(PLAY.items[1].picture.read_bytes(), name="other.webp")
    newer = add_photo(sku="ABC", file=file)
    restore()
    assert [photo.pk for photo in Photo.objects.filter(sku="ABC")] == [7]
    assert not storages["images"].exists(newer.original_key)
    assert storages["images"].exists(Photo.objects.get(pk=7).original_key)


def test_missing_products_are_added_again() -> None:
    Photo.objects.filter(sku="PLAY-BOAT").delete()
    Product.objects.filter(sku="PLAY-KITE").delete()
    restore()
    assert Product.objects.count() == len(PLAY.items)
    assert Photo.objects.filter(sku="PLAY-BOAT").exists()


def test_a_failed_photo_is_resized_again() -> None:
    Photo.objects.filter(sku="ABC").update(status="failed", reason="a fault")
    restore()
    assert Photo.objects.get(sku="ABC").status == "waiting"
