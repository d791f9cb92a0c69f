"""The storefront's pages of products: home, shelves, search, and each product's own."""

from http import HTTPStatus

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.catalog import queries
from apps.catalog.models import Category, Product
from apps.catalog.photo_page import follow
from apps.catalog.queries import Card, cards_of

PAGE_SIZE = 24
SHELF_SIZE = 4
MOST_SHELVES = 12
"""On the home page, which asks for each of them; the header has all categories."""
LAST_PAGE_DIGITS = 5
QUERY_LENGTH = 100


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    count = queries.list_products(limit=0).count
    shelves = _shelves()
    window = [cards[0] for _, cards in shelves[:2]]
    context = {"shelves": shelves, "window": window, "count": count}
    return render(request, "catalog/home.html", context)


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    found = queries.category(slug)
    if found is None:
        raise Http404(f"there is no category {slug}")
    return _list(request, heading=found.name, category=found)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:QUERY_LENGTH]
    return _list(request, heading=f"“{query}”" if query else "Everything", query=query)


@require_safe
def product(request: HttpRequest, sku: str) -> HttpResponse:
    found = queries.products_by_sku([sku]).get(sku)
    if found is None:
        raise Http404(f"no product {sku} is for sale")
    card, *beside = cards_of([found, *_beside(found)])
    context = {
        "product": found,
        "photo": card.photo,
        "way": follow(sku),
        "category": found.category,
        "beside": beside,
    }
    return render(request, "catalog/product.html", context)


@never_cache
@require_safe
def product_picture(request: HttpRequest, sku: str) -> HttpResponse:
    """Show only the picture, for a page that waits for a new one; 204 if there is no news."""
    found, way = queries.product(sku), follow(sku)
    if way.look_again and request.GET.get("seen") == way.seen:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    (card,) = cards_of([found])
    context = {"product": found, "photo": card.photo, "way": way}
    return render(request, "catalog/_product_picture.html", context)


def _list(
    request: HttpRequest, *, heading: str, category: Category | None = None, query: str = ""
) -> HttpResponse:
    number = page_number(request)
    found = queries.list_products(
        search=query,
        category=category.slug if category else "",
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )
    if number > 1 and not found.items:
        raise Http404(f"there is no page {number}")
    context = {
        "heading": heading,
        "query": query,
        "category": category,
        "cards": cards_of(found.items),
        "page": Paginator(range(found.count), PAGE_SIZE).get_page(number),
    }
    return render(request, "catalog/list.html", context)


def page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")[:LAST_PAGE_DIGITS]
    return max(1, int(text)) if text.isascii() and text.isdecimal() else 1


def _shelves() -> list[tuple[Category, list[Card]]]:
    """Return the first categories, each with its first cards."""
    # A query for each: one for all would read every product.
    found = [
        (category, queries.first_of(category, SHELF_SIZE))
        for category in queries.categories()[:MOST_SHELVES]
    ]
    cards = iter(cards_of(product for _, products in found for product in products))
    return [(category, [next(cards) for _ in products]) for category, products in found]


def _beside(product: Product) -> list[Product]:
    """Return a few others of the same category."""
    if product.category is None:
        return []
    near = queries.list_products(category=product.category.slug, limit=SHELF_SIZE + 1)
    return [other for other in near.items if other != product][:SHELF_SIZE]
