"""The staff's forms: one adds a product, one changes the price, stock or photo of a product."""

import logging
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import capfirst

from apps.catalog import queries, services
from apps.catalog.errors import (
    OutOfStock,
    PriceContested,
    ProductInvalid,
    SkuTaken,
    StockTooLarge,
)
from apps.catalog.models import Category, Product
from apps.catalog.rules import (
    CENT,
    NAME_LENGTH,
    PRICE_LIMIT,
    SKU_LENGTH,
    STOCK_LIMIT,
    check_sku,
)
from apps.images.errors import DecoderLost, ImagesError, PhotoInvalid, PictureTooLarge
from apps.images.uploads import accept_photo, recording

logger = logging.getLogger(__name__)

SKU_TAKEN = "There is a product with this SKU already."
SOLD_MEANWHILE = (
    "Orders have reserved some pieces since this page was shown: {left} are left now. "
    "Please check the number and save again."
)
CHANGED_MEANWHILE = (
    "Somebody has changed the price since this page was shown: it is {price} now. "
    "Please check yours and save again."
)
DECODER_LOST = "We could not check this picture now. Please upload it again."
MB = 2**20


class TermsForm(forms.Form):
    """The fields that both forms have: price, stock and photo."""

    price = forms.DecimalField(
        min_value=CENT,
        max_value=PRICE_LIMIT,
        decimal_places=2,
    )
    stock = forms.IntegerField(min_value=0, max_value=STOCK_LIMIT)
    # No `ImageField`: it would decode the upload in this process.
    photo = forms.FileField(
        required=False,
        allow_empty_file=True,
        max_length=255,
        help_text=f"A JPEG, PNG or WebP picture of at most {settings.PHOTO_MAX_BYTES / MB:.3g} MB.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def __init__(self, *args: Any, currency: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._recording_photo = partial(recording, None)
        self.fields["price"].label = f"Price in {currency or settings.CURRENCY}"

    def accepts_photo(self, sku: str) -> bool:
        """Check the photo, if there is one, and store its file; `_recording_photo` does the rest.

        Return false if it is invalid; its field says why.
        """
        file = self.cleaned_data["photo"]
        if file is None:
            return True
        try:
            self._recording_photo = partial(recording, accept_photo(sku=sku, file=file))
        except (PhotoInvalid, DecoderLost) as error:
            logger.warning("photo invalid", extra={"sku": sku, "error": str(error)})
            self.add_error("photo", _in_words(error))
            return False
        return True


class NewProductForm(TermsForm):
    """Adds a product and puts it on sale."""

    sku = forms.CharField(
        label="SKU",
        max_length=SKU_LENGTH,
        validators=[check_sku],
        help_text="Identifies the product in orders and messages; it can never change.",
    )
    name = forms.CharField(max_length=NAME_LENGTH)
    category = forms.ModelChoiceField(
        Category.objects.all(), required=False, empty_label="No category"
    )
    description = forms.CharField(
        max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )

    def clean_sku(self) -> str:
        sku: str = self.cleaned_data["sku"]
        if queries.names([sku]):
            raise forms.ValidationError(SKU_TAKEN)
        return sku

    def put_on_sale(self) -> Product | None:
        """Return the added product, or None if a field was invalid, also if only the photo was."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "photo"}
        # Before the transaction: decoding takes time, and orders wait for its locks.
        if not self.accepts_photo(given["sku"]):
            return None
        try:
            with self._recording_photo():
                return services.add_product(**given)
        except SkuTaken:
            self.add_error("sku", SKU_TAKEN)
        except ProductInvalid as error:
            self.add_error(None, f"{capfirst(str(error))}")
        return None


class ProductForm(TermsForm):
    """Changes price, stock and photo. Hidden fields hold the shown values, to find the edits."""

    shown_price = forms.DecimalField(widget=forms.HiddenInput)
    shown_stock = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> None:
        """Replace invalid hidden values by the product's, so that the form can be sent again."""
        for field in self.hidden_fields():
            if field.name in self.errors:
                self._show(field.name, field.initial)

    def save(self, product: Product) -> bool:
        """Save the edited values. Return false if one is invalid; its field says why."""
        given = self.cleaned_data
        price = given["price"] if given["price"] != given["shown_price"] else None
        stock_by = given["stock"] - given["shown_stock"]
        if not self.accepts_photo(product.sku):
            return False
        try:
            with self._recording_photo():
                services.change_terms(
                    sku=product.sku, price=price, instead_of=given["shown_price"], stock_by=stock_by
                )
        except PriceContested as error:
            self._show("shown_price", error.price)
            self.add_error("price", CHANGED_MEANWHILE.format(price=error.price))
            return False
        except OutOfStock:
            left = queries.product_of_staff(product.sku).stock
            self._show("shown_stock", left)
            self.add_error("stock", SOLD_MEANWHILE.format(left=left))
            return False
        except StockTooLarge as error:
            self.add_error("stock", f"{capfirst(str(error))}.")
            return False
        return True

    def _show(self, name: str, value: object) -> None:
        # `**` would take the lists that a QueryDict keeps inside, and not its values.
        self.data = dict(self.data.items()) | {name: str(value)}


def terms_of(product: Product) -> dict[str, object]:
    """Return the initial values of the form."""
    shown = {"price": product.price, "stock": product.stock}
    return shown | {f"shown_{name}": value for name, value in shown.items()}


def _in_words(error: ImagesError) -> str:
    if isinstance(error, DecoderLost):
        return DECODER_LOST
    if isinstance(error, PictureTooLarge):
        return f"This picture is too large: {error}."
    return f"{capfirst(str(error))}."
