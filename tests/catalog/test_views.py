"""The storefront's product pages."""

from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.catalog.models import Category, Product
from apps.images.models import Photo, Rendition

pytestmark = pytest.mark.django_db


def make_category(name: str = "Kitchen", position: int = 0) -> Category:
    return Category.objects.create(name=name, slug=name.lower(), position=position)


def make_product(
    sku: str = "ABC", *, name: str = "Mug", stock: int = 9, category: Category | None = None
) -> Product:
    return Product.objects.create(
        sku=sku, name=name, price=Decimal("9.99"), stock=stock, category=category
    )


def make_photo(sku: str) -> Photo:
    photo = Photo.objects.create(
        sku=sku, status=Photo.Status.READY, width=1600, height=1200, preview_key="photos/p.jpeg"
    )
    for kind in Rendition.Format:
        Rendition.objects.create(
            photo=photo, width=200, height=150, format=kind, key=f"photos/200.{kind}"
        )
    return photo


def text_of(client: Client, path: str, *, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def test_the_home_page_has_a_shelf_for_each_category(client: Client) -> None:
    make_product("S1", name="Spade", category=make_category("Garden", position=2))
    make_product("M1", name="Mug", category=make_category("Tea", position=1))

    page = text_of(client, "/")

    assert page.index('id="shelf-tea"') < page.index('id="shelf-garden"')
    assert "/products/M1/" in page
    assert "/products/S1/" in page


def test_a_shelf_shows_four_products_and_links_to_the_rest(client: Client) -> None:
    kitchen = make_category()
    for number in range(6):
        make_product(f"K{number}", category=kitchen)

    page = text_of(client, "/")

    assert page.count('<article class="card">') == 4
    assert 'href="/category/kitchen/"' in page


def test_products_without_a_category_hide_no_shelf(client: Client) -> None:
    for number in range(61):
        make_product(f"N{number}")
    assert "The shelves are empty" not in text_of(client, "/")
    make_product("K1", category=make_category())
    assert 'id="shelf-kitchen"' in text_of(client, "/")


def test_an_empty_shop_shows_a_message(client: Client) -> None:
    assert "The shelves are empty" in text_of(client, "/")


def test_the_home_pages_queries_do_not_grow_with_products(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    kitchen = make_category()
    for number in range(12):
        make_product(f"K{number}", category=kitchen)
        make_photo(f"K{number}")

    # The count, the categories, the products of one, photos, renditions, the header's categories.
    with django_assert_num_queries(6):
        text_of(client, "/")


def test_a_product_page_shows_price_stock_and_a_buy_button(client: Client) -> None:
    make_product(stock=9)

    page = text_of(client, "/products/ABC/")

    assert "£9.99" in page
    assert "In stock" in page
    assert 'action="/cart/add/ABC/"' in page


def test_the_product_page_counts_the_last_pieces(client: Client) -> None:
    make_product(stock=3)

    assert "Only 3 left" in text_of(client, "/products/ABC/")


def test_a_sold_out_product_cannot_be_added_to_the_cart(client: Client) -> None:
    make_product(stock=0)

    page = text_of(client, "/products/ABC/")

    assert "Out of stock" in page
    assert "Add to cart" not in page


def test_an_unknown_product_has_a_plain_error_page(client: Client) -> None:
    assert "This page does not exist" in text_of(client, "/products/NOPE/", status=404)


def test_a_product_withdrawn_from_sale_has_no_page(client: Client) -> None:
    Product.objects.filter(pk=make_product().pk).update(is_active=False)

    text_of(client, "/products/ABC/", status=404)


def test_a_product_page_shows_other_products_of_its_category(client: Client) -> None:
    kitchen = make_category()
    make_product("ABC", category=kitchen)
    make_product("DEF", name="Bowl", category=kitchen)

    page = text_of(client, "/products/ABC/")

    assert 'href="/products/DEF/"' in page
    assert 'href="/products/ABC/"' not in page


def test_a_picture_has_every_size_and_reserves_its_space(client: Client) -> None:
    make_product()
    make_photo("ABC")

    page = text_of(client, "/products/ABC/")

    assert "200.webp 200w" in page
    assert "200.jpeg 200w" in page
    assert 'width="1600" height="1200" alt="Mug"' in page


def test_a_product_without_a_picture_reserves_its_space(client: Client) -> None:
    make_product()

    assert 'no-picture.svg" width="800" height="600"' in text_of(client, "/products/ABC/")


def test_search_finds_by_words_of_the_name(client: Client) -> None:
    make_product("M1", name="Enamel mug")
    make_product("M2", name="Bowl")

    page = text_of(client, "/search?q=mug")

    assert "/products/M1/" in page
    assert "/products/M2/" not in page


def test_search_keeps_and_escapes_the_typed_text(client: Client) -> None:
    page = text_of(client, "/search?q=%22%3E%3Cb%3E")

    assert 'value="&quot;&gt;&lt;b&gt;"' in page
    assert "<b>" not in page


def test_an_empty_search_result_shows_advice(client: Client) -> None:
    make_product()

    assert "Try fewer or other words" in text_of(client, "/search?q=zebra")


def test_search_without_words_shows_everything(client: Client) -> None:
    make_product("A1")
    make_product("A2")

    page = text_of(client, "/search?q=+")

    assert "Everything" in page
    assert page.count('<article class="card">') == 2


def test_pages_of_a_long_list_keep_the_search(client: Client) -> None:
    for number in range(25):
        make_product(f"M{number:02}")

    page = text_of(client, "/search?q=mug")

    assert page.count('<article class="card">') == 24
    assert "?q=mug&amp;page=2" in page
    assert "/products/M24/" in text_of(client, "/search?q=mug&page=2")


def test_a_page_after_the_last_is_not_found(client: Client) -> None:
    make_product()

    text_of(client, "/search?page=2", status=404)


@pytest.mark.parametrize("number", ["0", "-1", "two", "", "²"])
def test_a_page_that_is_not_a_number_shows_the_first(client: Client, number: str) -> None:
    make_product()

    assert "/products/ABC/" in text_of(client, f"/search?page={number}")


def test_a_category_lists_its_products_and_is_marked_in_the_header(client: Client) -> None:
    make_product("K1", category=make_category("Kitchen"))
    make_product("G1", category=make_category("Garden"))

    page = text_of(client, "/category/kitchen/")

    assert 'href="/category/kitchen/" aria-current="page"' in page
    assert "/products/K1/" in page
    assert "/products/G1/" not in page


def test_an_unknown_category_is_not_found(client: Client) -> None:
    text_of(client, "/category/nope/", status=404)


def test_a_category_without_products_shows_a_message(client: Client) -> None:
    make_category("Garden")

    assert "Nothing is for sale here" in text_of(client, "/category/garden/")


def test_a_product_page_polls_for_a_photo_in_progress(client: Client) -> None:
    make_product()
    photo = Photo.objects.create(sku="ABC", width=1600, height=1200)

    page = text_of(client, "/products/ABC/")

    seen = f"/products/ABC/picture/?seen={photo.pk}-waiting-00"
    assert f'hx-get="{seen}" hx-trigger="every 1s"' in page
    assert "htmx" in page
    assert client.get(seen).status_code == 204


def test_a_finished_picture_replaces_the_preview_and_ends_polling(client: Client) -> None:
    make_product()
    photo = Photo.objects.create(sku="ABC", width=1600, height=1200)
    seen = f"/products/ABC/picture/?seen={photo.pk}-waiting-00"

    Photo.objects.update(preview_key="photos/p.jpeg")
    assert 'src="/media/photos/p.jpeg"' in text_of(client, seen)

    Photo.objects.update(status=Photo.Status.READY)
    Rendition.objects.create(
        photo=photo, width=200, height=150, format="jpeg", key="photos/200.jpeg"
    )
    part = client.get(seen, headers={"HX-Request": "true"}).text
    assert "200.jpeg 200w" in part
    # The preview lies below until the larger picture is loaded.
    assert '<img class="picture-below" src="/media/photos/p.jpeg"' in part
    assert "hx-trigger" not in part


def test_a_product_page_with_a_finished_photo_needs_no_script(client: Client) -> None:
    make_product()
    make_photo("ABC")

    assert "<script" not in text_of(client, "/products/ABC/")
