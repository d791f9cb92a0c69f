"""Who calls: the address of a client, also behind our proxies."""

from collections.abc import Mapping, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any

from django.conf import settings
from django.http import HttpRequest

type Address = IPv4Address | IPv6Address

ONE_CUSTOMER = 64
"""Bits of an IPv6 address that identify a customer, who chooses the rest."""


def customer_of(meta: Mapping[str, Any]) -> str:
    """Return the client's address, or its IPv6 network: what counts as one customer.

    `meta` is that of Django's request, or a WSGI environment. Only entries of `X-Forwarded-For` by
    our own proxies count.
    """
    peer: str = meta.get("REMOTE_ADDR", "")
    address = _forwarded_for(meta) or _address(peer)
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return str(ip_network((address, ONE_CUSTOMER), strict=False))
    return str(address or peer)  # A Unix socket has none.


def comes_from(request: HttpRequest, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Return whether the client's address is in one of the networks.

    A request whose `X-Forwarded-For` is not by our proxies comes from nowhere.
    """
    if not networks:
        return False
    address = _forwarded_for(request.META)
    if address is None and not (settings.BEHIND_PROXY and "X-Forwarded-For" in request.headers):
        address = _address(request.META.get("REMOTE_ADDR", ""))
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    return address is not None and any(address in each for each in networks)


def _forwarded_for(meta: Mapping[str, Any]) -> Address | None:
    """Return what the outermost of our proxies wrote; None if there are fewer hops than proxies.

    Such a request has bypassed a proxy, so its header may be forged.
    """
    hops = meta.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if not settings.BEHIND_PROXY or len(hops) < settings.PROXY_COUNT:
        return None
    return _address(hops[-settings.PROXY_COUNT].strip())


def _address(text: str) -> Address | None:
    try:
        return ip_address(_without_port(text))
    except ValueError:
        return None


def _without_port(text: str) -> str:
    """Return the address without a port, by which each connection would be another client."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text
