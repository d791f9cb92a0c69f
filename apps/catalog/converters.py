"""The part of an address that names a product, for every stored SKU."""

from urllib.parse import unquote

from django.urls import register_converter
from django.urls.converters import StringConverter

from apps.catalog.rules import is_sku


class StoredSkuConverter(StringConverter):
    """Accepts every stored SKU, also one that is older than the rule for SKUs.

    A SKU like `/`, `..` or `new` would be another address. Such a SKU is percent-encoded byte by
    byte here, and once more by Django: browsers and servers decode the outer encoding only.
    """

    def to_python(self, value: str) -> str:
        """Return the SKU. Raises `ValueError`, which is 404, if it has a NUL: no stored one has."""
        sku = unquote(value)
        if "\x00" in sku:
            raise ValueError("a SKU has no NUL")
        return sku

    def to_url(self, value: str) -> str:
        if is_sku(value):
            return value
        # An empty SKU has no page, but the lists show its product.
        return "".join(f"%{byte:02X}" for byte in value.encode()) or "%"


register_converter(StoredSkuConverter, "stored_sku")
STORED_SKU = "<stored_sku:sku>"
STORED_SKU_IN_API = "{stored_sku:sku}"
"""The converter in the notation of Django, and in that of django-ninja."""
