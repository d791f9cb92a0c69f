"""The demo's goods."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from apps.catalog.models import Product
from apps.catalog.queries import categories
from apps.demo import pictures, seed
from apps.demo.assortment import DESCRIPTIONS, PLAY, SHELVES, Item
from apps.images.models import Photo
from tests.images.no_pillow import hide_pillow

ITEMS = [item for shelf in SHELVES for item in shelf.items]
PICTURES = Path(pictures.__file__).parent


@pytest.fixture
def small_shop(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Path:
    """One shelf is enough to see how it is filled."""
    monkeypatch.setattr(seed, "SHELVES", (PLAY,))
    settings.DEMO_DIR = tmp_path
    return tmp_path


def test_the_assortment_is_a_whole_shop() -> None:
    skus = [item.sku for item in ITEMS]
    assert len(set(skus)) == len(skus) >= 24
    assert set(skus) == set(DESCRIPTIONS)
    assert any(item.stock == 0 for item in ITEMS)


@pytest.mark.parametrize("item", ITEMS, ids=[item.sku for item in ITEMS])
def test_every_product_has_a_picture(item: Item) -> None:
    picture = Image.open(item.picture)
    assert (picture.format, picture.size) == ("WEBP", (1600, 1200))


def test_every_picture_belongs_to_one_product() -> None:
    files = [path for path in PICTURES.iterdir() if path.suffix == ".webp"]
    assert sorted(files) == sorted(item.picture for item in ITEMS)
    assert len({path.read_bytes() for path in files}) == len(ITEMS)


def test_the_pictures_stay_small() -> None:
    assert sum(path.stat().st_size for path in PICTURES.glob("*.webp")) < 400_000


@pytest.mark.django_db
def test_the_tutorials_product_and_photo_are_there(small_shop: Path, client: Client) -> None:
    call_command("seed", verbosity=0)
    product = Product.objects.get(sku="ABC")
    assert str(product.price) == "9.99"
    assert Photo.objects.get(id=7).sku == "ABC"
    assert client.get("/api/photos/7").json()["preview"]


@pytest.mark.django_db
def test_every_product_has_category_and_preview(small_shop: Path) -> None:
    call_command("seed", verbosity=0)
    assert [category.name for category in categories()] == ["Play"]
    assert Photo.objects.exclude(preview_key="").count() == Product.objects.count() == 5


@pytest.mark.django_db
def test_seeding_twice_changes_nothing(small_shop: Path) -> None:
    call_command("seed", verbosity=0)
    before = (list(Product.objects.values()), list(Photo.objects.values()))
    password = User.objects.get().password
    call_command("seed", verbosity=0)
    assert (list(Product.objects.values()), list(Photo.objects.values())) == before
    assert User.objects.get().password == password


@pytest.mark.django_db
def test_staff_sign_in_with_the_stored_password(small_shop: Path, client: Client) -> None:
    call_command("seed", verbosity=0)
    path = small_shop / "staff_password"
    assert path.stat().st_mode & 0o077 == 0
    assert client.login(username="staff", password=path.read_text().strip())


@pytest.mark.django_db
@pytest.mark.parametrize("lose", [Path.unlink, partial(Path.write_text, data="")])
def test_a_lost_password_is_replaced(
    tmp_path: Path, client: Client, lose: Callable[[Path], object]
) -> None:
    """It is empty where a process died while it wrote it."""
    seed.employ_staff(tmp_path)
    lose(tmp_path / "staff_password")
    seed.employ_staff(tmp_path)
    password = (tmp_path / "staff_password").read_text().strip()
    assert client.login(username="staff", password=password)


def test_a_real_shop_is_not_seeded(settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO"):
        call_command("seed")


@pytest.mark.django_db
def test_without_pillow_the_error_is_one_line(
    small_shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide_pillow(small_shop, monkeypatch)
    with pytest.raises(CommandError, match="no pictures: the decoder cannot import Pillow"):
        call_command("seed", verbosity=0)
    assert not Product.objects.exists()
