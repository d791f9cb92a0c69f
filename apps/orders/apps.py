"""Django's registration of the orders app."""

from django.apps import AppConfig

from apps.messaging import hooks

hooks.declare("order.priced", "the prices are known, nothing is stored")


class OrdersConfig(AppConfig):
    name = "apps.orders"
    label = "orders"
