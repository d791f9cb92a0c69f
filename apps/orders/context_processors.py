"""Gives every page the cart, which its header shows."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from apps.orders.cart import Cart


def cart(request: HttpRequest) -> dict[str, Any]:
    # Evaluated only if a page uses it: a request that is rejected early has no session.
    return {"cart": SimpleLazyObject(lambda: Cart(request.session))}
