"""The catalogue over HTTP: products to read, and a photo to add to one."""

from collections.abc import Sequence
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import File, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from apps.catalog import queries
from apps.catalog.converters import STORED_SKU_IN_API
from apps.catalog.models import Product
from apps.catalog.staff import staff_with
from apps.images.queries import photo_payload, photos_of
from apps.images.uploads import add_photo

router = Router(tags=["catalogue"])


class ProductRendition(Schema):
    """The picture in one width and format."""

    width: int
    height: int
    format: str
    url: str


class ProductPhoto(Schema):
    """A product's newest picture; the preview comes first, the renditions a moment later."""

    id: int
    preview: str | None
    renditions: list[ProductRendition]


class ProductOut(Schema):
    """A product as it is sold now. `photo` is null while there is no picture of it."""

    sku: str
    name: str
    price: float
    currency: str
    stock: int
    photo: ProductPhoto | None


class ProductDetail(ProductOut):
    """A product with all details of its page."""

    description: str
    category: str | None


class ProductListOut(Schema):
    """One page of the products that were found; `count` is of all pages."""

    items: list[ProductOut]
    count: int


class PhotoAccepted(Schema):
    """The photo is kept; ask `GET /api/photos/{id}` for its renditions."""

    id: int
    status: str


class ProductSearch(Schema):
    """Which products, and which page of them."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    search: Annotated[str, Field(max_length=200)] = ""
    category: Annotated[str, Field(max_length=64)] = ""


@router.get("/products", response=ProductListOut, summary="Find products")
def find_products(request: HttpRequest, wanted: Query[ProductSearch]) -> dict[str, Any]:
    page = queries.list_products(**wanted.model_dump())
    return {"items": _with_photos(page.items), "count": page.count}


@router.get(f"/products/{STORED_SKU_IN_API}", response=ProductDetail, summary="One product")
def show_product(request: HttpRequest, sku: str) -> dict[str, Any]:
    product = queries.product(sku)
    category = product.category.slug if product.category else None
    (shown,) = _with_photos([product])
    return {**shown, "description": product.description, "category": category}


@router.post(
    f"/products/{STORED_SKU_IN_API}/photos",
    response={202: PhotoAccepted},
    auth=staff_with("catalog.change_product"),
    summary="Add a photo to a product (staff who may change it)",
)
def upload_photo(
    request: HttpRequest, sku: str, photo: File[UploadedFile]
) -> Status[dict[str, Any]]:
    product = queries.product_of_staff(sku)
    return Status(202, photo_payload(add_photo(sku=product.sku, file=photo)))


def _with_photos(products: Sequence[Product]) -> list[dict[str, Any]]:
    photos = photos_of([product.sku for product in products])
    return [
        {
            "sku": product.sku,
            "name": product.name,
            "price": product.price,
            "currency": product.currency,
            "stock": product.stock,
            "photo": photos.get(product.sku),
        }
        for product in products
    ]
