"""Django's registration of the orders app."""

from django.apps import AppConfig

from apps.messaging import seams

seams.declare("order.priced", "the prices are known, nothing is stored")


class OrdersConfig(AppConfig):
    name = "apps.orders"
    label = "orders"
