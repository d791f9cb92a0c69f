"""Hosts of this machine and of its private network, which need no proxy."""

import ipaddress
from collections.abc import MutableMapping
from urllib.parse import urlsplit

_NAME = r"[\w-]+(\.[\w-]+)*\.?"
HOSTS = (
    rf"\*|\.?{_NAME}|\[[0-9A-Fa-f:.]+\]",
    "hosts with commas between, each without https:// and without a port",
)
ORIGINS = (
    rf"https?://((\*\.)?{_NAME}|\[[0-9A-Fa-f:.]+\])(:\d+)?",
    "like https://shop.example.com, several with commas between, and no path behind",
)
"""The permitted form of a setting: a regular expression, and a description for its error."""


def is_local(host: str) -> bool:
    """Return whether only this machine, or its private network, can resolve or reach the host."""
    name = host.strip("[]").lstrip(".")
    try:
        return ipaddress.ip_address(name).is_private
    except ValueError:
        return name != "*" and ("." not in name or name.endswith((".localhost", ".internal")))


def ask_directly(url: str, variables: MutableMapping[str, str]) -> None:
    """Keep botocore and curl from asking a proxy for a server that it could not reach.

    Both read `no_proxy` first. For a server that is not local the proxy stays as it is set.
    """
    host = urlsplit(url).hostname or ""
    if not host or not is_local(host):
        return
    already = variables.get("no_proxy") or variables.get("NO_PROXY") or ""
    if "*" not in already and host not in already.split(","):
        variables["no_proxy"] = f"{already},{host}".lstrip(",")
