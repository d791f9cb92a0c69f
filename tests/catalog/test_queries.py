"""Queries of the catalogue."""

from decimal import Decimal
from typing import Any, Literal
from unicodedata import normalize

import pytest

from apps.catalog import queries, services
from apps.catalog.errors import UnknownProduct
from apps.catalog.models import Product
from tests.catalog.products import make_product

pytestmark = pytest.mark.django_db


def found(**wanted: Any) -> list[str]:
    return [product.sku for product in queries.list_products(**wanted).items]


def test_a_page_is_a_slice_and_counts_all() -> None:
    for sku in ("A", "B", "C", "D"):
        make_product(sku)
    page = queries.list_products(limit=2, offset=1)
    assert ([product.sku for product in page.items], page.count) == (["B", "C"], 4)


def test_a_search_matches_all_words_of_the_name_or_the_sku() -> None:
    make_product("X1", name="Blue tea pot")
    make_product("X2", name="Blue mug")
    assert found(search="BLUE pot") == ["X1"]
    assert found(search="x2") == ["X2"]
    assert found(search="green") == []


@pytest.mark.parametrize("search", ["éclair", "Éclair", "ÉCLAIR", "CLAIR", "c.afé", "(l)"])
def test_a_search_ignores_case_beyond_ascii(search: str) -> None:
    make_product("X1", name="Éclair au C.AFÉ (L)")
    make_product("X2", name="éclair au c.afé (l)")
    make_product("X3", name="Eclipse")
    assert found(search=search) == ["X1", "X2"]


@pytest.mark.parametrize("stored", ["NFC", "NFD"])
@pytest.mark.parametrize("typed", ["NFC", "NFD"])
def test_a_search_finds_both_unicode_forms_of_an_accent(
    stored: Literal["NFC", "NFD"], typed: Literal["NFC", "NFD"]
) -> None:
    make_product("X1", name=normalize(stored, "Éclair mould"))
    make_product("X2", name="Eclair mould")
    assert found(search=normalize(typed, "éclair")) == ["X1"]


def test_a_category_shows_only_its_own_products() -> None:
    make_product("A", category=services.add_category(slug="tea", name="Tea"))
    make_product("B")
    assert found(category="tea") == ["A"]


def test_a_product_not_for_sale_is_hidden_but_keeps_its_name() -> None:
    make_product("OLD", name="Old thing")
    Product.objects.update(is_active=False)
    assert found() == []
    assert queries.price_list() == {}
    assert queries.products_by_sku(["OLD"]) == {}
    assert queries.names(["OLD", "NONE"]) == {"OLD": "Old thing"}
    with pytest.raises(UnknownProduct):
        queries.product("OLD")


def test_the_price_list_has_the_newest_version() -> None:
    make_product("A", price="1.00")
    services.change_price(sku="A", price=Decimal("2.00"))
    assert queries.price_list() == {"A": (Decimal("2.00"), "GBP", 2)}


def test_only_categories_with_something_for_sale_are_listed_in_order() -> None:
    shelves = [services.add_category(slug=name, name=name) for name in ("tea", "empty", "desk")]
    make_product("A", category=shelves[2])
    make_product("B", category=shelves[0])
    make_product("C", category=shelves[0])
    assert [category.slug for category in queries.categories()] == ["tea", "desk"]


def test_a_search_with_a_nul_finds_nothing() -> None:
    assert found(search="\x00tea") == []
    with pytest.raises(UnknownProduct):
        queries.product("A\x00")
