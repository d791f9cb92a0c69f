"""The lab's pages below a prefix, by TLS behind a proxy."""

import pytest
from django.test import Client

from tests.lab.addresses import pages
from tests.messaging.support.dead_letters import bury
from tests.orders.factories import make_order
from tests.orders_site.http.test_ways_in import OUTSIDE, proxied
from tests.orders_site.http.test_who_may_do_what import away

__all__ = ["away", "proxied"]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_no_page_of_the_lab_leads_out_of_the_prefix(proxied: Client) -> None:
    found = pages(proxied, letter=bury().pk, order=make_order().id)
    assert len(found) > 30
    led_out = {}
    for page in found:
        answer = proxied.get(page)
        if answer.status_code != 200 or OUTSIDE.findall(answer.text):
            led_out[page] = (answer.status_code, OUTSIDE.findall(answer.text))
    assert led_out == {}
