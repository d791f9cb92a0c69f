"""Mails for tests, stored as the handler does."""

from apps.notifications.models import Mail
from apps.notifications.services import write_order_mails
from apps.orders.events import OrderConfirmed
from tests.orders.factories import confirm, event_of, make_order


def make_mail() -> Mail:
    order = confirm(make_order())
    (mail,) = write_order_mails([event_of(OrderConfirmed, order)])
    return mail
