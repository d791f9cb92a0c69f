"""Who calls `web`, as its own proxies say; what a stranger writes into a header is not believed."""

from ipaddress import ip_network

import pytest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from orders_site.http.callers import comes_from, customer_of


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "address"),
    [
        ("192.0.2.1", "198.51.100.7", 0, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.5, 198.51.100.7", 1, "198.51.100.7"),
        ("192.0.2.1", "203.0.113.5, 198.51.100.7", 2, "203.0.113.5"),
        ("192.0.2.1", "203.0.113.5", 2, "192.0.2.1"),  # it has passed one proxy by
        ("192.0.2.1", "", 1, "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "", 0, "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "", 0, "::ffff:192.0.2.1"),
        ("192.0.2.1", "198.51.100.7:49152", 1, "198.51.100.7"),
        ("192.0.2.1", "[2001:db8:1:2::5]:49152", 1, "2001:db8:1:2::/64"),
        ("192.0.2.1", "[2001:db8:1:2::5]", 1, "2001:db8:1:2::/64"),
        ("192.0.2.1", "unknown", 1, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.5, ", 1, "192.0.2.1"),
        ("", "", 0, ""),
    ],
)
def test_the_client_address_cannot_be_forged(
    settings: Settings, remote: str, forwarded: str, proxies: int, address: str
) -> None:
    settings.BEHIND_PROXY, settings.PROXY_COUNT = proxies > 0, proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote)
    assert customer_of(request.META) == address


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "is_ours"),
    [
        ("10.1.2.3", "", 0, True),
        ("192.0.2.1", "", 0, False),
        ("192.0.2.1", "10.1.2.3", 0, False),
        ("10.1.2.3", "192.0.2.1", 1, False),
        ("10.1.2.3", "10.1.2.3, 192.0.2.1", 1, False),
        ("10.1.2.3", "192.0.2.1, 10.1.2.3", 1, True),
        ("10.1.2.3", "192.0.2.1", 2, False),  # it has passed one proxy by
        ("10.1.2.3", "unknown", 1, False),
        ("10.1.2.3", "", 1, True),  # it has passed no proxy
        ("::ffff:10.1.2.3", "", 0, True),
        ("2001:db8::7", "", 0, True),
        ("2001:db9::7", "", 0, False),
        ("", "", 0, False),
    ],
)
def test_a_stranger_cannot_pretend_to_be_in_a_network_of_ours(
    settings: Settings, remote: str, forwarded: str, proxies: int, is_ours: bool
) -> None:
    settings.BEHIND_PROXY, settings.PROXY_COUNT = proxies > 0, max(proxies, 1)
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote)
    ours = [ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")]
    assert comes_from(request, ours) is is_ours
