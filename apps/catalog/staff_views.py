"""The staff's pages: list the products, add one, change the price, stock or photo of one."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.catalog import queries
from apps.catalog.forms import NewProductForm, ProductForm, TermsForm, terms_of
from apps.catalog.models import Product
from apps.catalog.photo_page import PhotoWay, follow
from apps.catalog.queries import cards_of
from apps.catalog.staff import staff_may
from apps.catalog.views import QUERY_LENGTH, page_number
from apps.images.queries import photo_states

PAGE_SIZE = 20
CHANGE = "catalog.change_product"


@require_safe
@staff_may("catalog.view_product")
@never_cache
def products(request: HttpRequest) -> HttpResponse:
    number, query = page_number(request), request.GET.get("q", "").strip()[:QUERY_LENGTH]
    offset = (number - 1) * PAGE_SIZE
    found = queries.products_of_staff(search=query, limit=PAGE_SIZE, offset=offset)
    if number > 1 and not found.items:
        raise Http404(f"there is no page {number}")
    states = photo_states([each.sku for each in found.items])
    rows = [(card, states.get(card.product.sku)) for card in cards_of(found.items)]
    page = Paginator(range(found.count), PAGE_SIZE).get_page(number)
    context = {"rows": rows, "page": page, "wanted": query}
    return render(request, "catalog/staff/products.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may("catalog.add_product")
@never_cache
def new_product(request: HttpRequest) -> HttpResponse:
    form = NewProductForm(*_sent(request))
    if form.is_valid() and (added := form.put_on_sale()):
        messages.success(request, f"{added.name} is on sale.")
        if not request.user.has_perm(CHANGE):
            return redirect("catalog:staff_new_product")
        return _to_its_page(added.sku, form)
    return render(request, "catalog/staff/new_product.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(CHANGE)
@never_cache
def product(request: HttpRequest, sku: str) -> HttpResponse:
    found = queries.product_of_staff(sku)
    form = ProductForm(*_sent(request), initial=terms_of(found), currency=found.currency)
    if form.is_valid() and form.save(found):
        messages.success(request, "Saved.")
        return _to_its_page(sku, form)
    context = _photo_of(found, follow(sku)) | {"form": form}
    return render(request, "catalog/staff/product.html", context)


@require_safe
@staff_may(CHANGE)
@never_cache
def photo(request: HttpRequest, sku: str) -> HttpResponse:
    """Show the progress of the photo, as a part of the page; 204 if there is no news."""
    found, way = queries.product_of_staff(sku), follow(sku)
    if way.look_again and request.GET.get("seen") == way.seen:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, "catalog/staff/_photo.html", _photo_of(found, way))


def _sent(request: HttpRequest) -> tuple[QueryDict | None, Any]:
    """Return fields and files for a form; a form that was sent empty is validated as well."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _to_its_page(sku: str, form: TermsForm) -> HttpResponse:
    """Redirect to the product; after an upload to its photo, which is far below on a phone."""
    place = "#photo-way" if form.cleaned_data["photo"] else ""
    return redirect(reverse("catalog:staff_product", args=[sku]) + place)


def _photo_of(found: Product, way: PhotoWay) -> dict[str, object]:
    (card,) = cards_of([found])
    return {"product": found, "photo": card.photo, "way": way}
