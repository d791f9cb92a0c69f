"""The forms of the shop: quantities for the cart, and the checkout."""

import logging
from http import HTTPStatus
from uuid import uuid4

from django import forms

from apps.messaging.errors import MessageTooLarge
from apps.orders.errors import CartChanged, KeyReused, OrderInvalid, ShownDiffers
from apps.orders.lines import MAX_QUANTITY

logger = logging.getLogger(__name__)

SHOWN_DIFFERS = (
    "Your cart or a price has changed since this page was shown. Nothing has been ordered yet: "
    "please check it, and place the order again."
)
KEY_REUSED = (
    "This page has already placed another order. Nothing new has been ordered: "
    "please check your cart, and place the order again if you want this one too."
)
TOO_LARGE = (
    "This order is too large for one message. Nothing has been ordered: please order some of its "
    "products separately."
)
PRICES_AWAY = (
    "We cannot confirm the prices now. Nothing has been ordered, and your cart is unchanged: "
    "please try again in a moment."
)


def check_printable(key: str) -> None:
    if not key.isprintable():
        raise forms.ValidationError("This page was damaged on its way. Please order again.")


class AddForm(forms.Form):
    """The quantity of a product to add to the cart."""

    quantity = forms.IntegerField(min_value=1, max_value=MAX_QUANTITY)


class ChangeForm(forms.Form):
    """The new quantity of a product in the cart; zero removes it."""

    quantity = forms.IntegerField(min_value=0, max_value=MAX_QUANTITY)


class CheckoutForm(forms.Form):
    """The customer's address, the fingerprint of the shown lines, and an idempotency key."""

    email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": "Please tell us an e-mail address for this order.",
            "invalid": "This is not an e-mail address. It should look like name@example.com.",
        },
    )
    shown = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    key = forms.CharField(
        max_length=64, required=False, widget=forms.HiddenInput, validators=[check_printable]
    )

    failure: Exception | None = None
    status = HTTPStatus.OK

    def explain(self, error: Exception) -> None:
        """Show in plain words why the checkout failed."""
        logger.warning("checkout failed", extra={"error": str(error)})
        self.failure = error
        self.status, words = _in_words(error)
        self.add_error(None, words)

    @property
    def next_key(self) -> str:
        """The key for the next try: the same one, unless it was used, invalid or missing."""
        posted: str = self.data.get("key", "")
        is_spent = isinstance(self.failure, KeyReused) or "key" in self.errors
        return str(uuid4()) if not posted or is_spent else posted


def _in_words(error: Exception) -> tuple[HTTPStatus, str]:
    match error:
        case ShownDiffers() | CartChanged():
            return HTTPStatus.CONFLICT, SHOWN_DIFFERS
        case KeyReused():
            return HTTPStatus.CONFLICT, KEY_REUSED
        case MessageTooLarge():
            return HTTPStatus.UNPROCESSABLE_ENTITY, TOO_LARGE
        case OrderInvalid():
            sentence = f"{error.message[:1].upper()}{error.message[1:]}."
            return HTTPStatus.UNPROCESSABLE_ENTITY, f"{sentence} Nothing has been ordered yet."
        case _:
            return HTTPStatus.SERVICE_UNAVAILABLE, PRICES_AWAY
