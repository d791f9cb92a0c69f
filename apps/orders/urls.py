"""Addresses of the cart, the checkout and the pages of orders."""

from django.urls import path

from apps.catalog.converters import STORED_SKU
from apps.orders import views

app_name = "orders"
urlpatterns = [
    path("cart/", views.cart, name="cart"),
    path(f"cart/add/{STORED_SKU}/", views.add_to_cart, name="add_to_cart"),
    path(f"cart/change/{STORED_SKU}/", views.change_cart, name="change_cart"),
    path("checkout/", views.checkout, name="checkout"),
    path("orders/<uuid:order_id>/", views.order, name="order"),
    path("orders/<uuid:order_id>/state/", views.order_state, name="order_state"),
    path("orders/<uuid:order_id>/cancel/", views.cancel_order, name="cancel_order"),
]
