"""The part of an address that names a product, whatever its SKU is."""

from urllib.parse import unquote

from django.urls import register_converter
from django.urls.converters import StringConverter

from apps.catalog.rules import is_sku


class StoredSkuConverter(StringConverter):
    """Carries any SKU that is stored, also one from before there was a rule.

    `/`, `..` and `new` would lead elsewhere. Such a SKU is percent-encoded byte by byte, and once
    more by Django: browsers and servers undo the outer encoding alone.
    """

    def to_python(self, value: str) -> str:
        return unquote(value)

    def to_url(self, value: str) -> str:
        if is_sku(value):
            return value
        # An empty SKU has no page; the lists show its product all the same.
        return "".join(f"%{byte:02X}" for byte in value.encode()) or "%"


register_converter(StoredSkuConverter, "stored_sku")
STORED_SKU = "<stored_sku:sku>"
STORED_SKU_IN_API = "{stored_sku:sku}"
"""As Django writes it in an address, and as django-ninja does."""
