"""Tables of the catalogue: products with their price and stock, in categories."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.catalog import rules


def default_currency() -> str:
    return settings.CURRENCY


class Category(models.Model):
    """A category of products; the pages show it as a shelf."""

    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField(default=0, help_text="order on the page")

    class Meta:
        ordering: ClassVar = ["position", "name"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """A product of the shop. Its price and stock change only through `services`."""

    sku = models.CharField(
        "SKU", max_length=rules.SKU_LENGTH, unique=True, validators=[rules.check_sku]
    )
    name = models.CharField(max_length=rules.NAME_LENGTH)
    description = models.TextField(blank=True)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="products", null=True, blank=True
    )
    price = models.DecimalField(max_digits=12, decimal_places=2, validators=rules.check_price)
    currency = models.CharField(
        max_length=3, default=default_currency, validators=[rules.check_currency]
    )
    price_version = models.PositiveIntegerField(default=1, help_text="grows with each new price")
    stock = models.PositiveIntegerField(default=0, validators=[rules.check_stock])
    is_active = models.BooleanField("for sale", default=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(stock__gte=0), name="stock_not_negative"),
            models.CheckConstraint(condition=Q(price__gt=0), name="price_above_zero"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["category", "id"], name="product_by_category"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.sku})"


class ApiToken(models.Model):
    """A bearer token of a member of staff. Only the token's digest is stored."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=64, help_text="what it is for")
    digest = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        verbose_name = "API token"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "name"], name="api_token_name_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.user}"
