"""What every page's header shows of the orders: the cart."""

from typing import Any

from django.http import HttpRequest

from apps.orders.cart import Cart


def cart(request: HttpRequest) -> dict[str, Any]:
    return {"cart": Cart(request.session)}
