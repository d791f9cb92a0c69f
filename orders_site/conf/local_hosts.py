"""Hosts of this machine and of its private network, which need no proxy."""

import ipaddress
from collections.abc import MutableMapping
from urllib.parse import urlsplit

_NAME = r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*"
_ADDRESS = r"\[[0-9A-Fa-f:.]+\]"
HOSTS = (
    rf"\*|\.?{_NAME}\.?|{_ADDRESS}",
    "hosts with commas between, each without https://, without a port and in ASCII (xn--…)",
)
# Django compares the whole text with what a browser sends: small letters, no usual port.
_ORIGIN_HOST = rf"((\*\.)?{_NAME.replace('A-Z', '')}|{_ADDRESS})"
ORIGINS = (
    rf"(https://{_ORIGIN_HOST}(?!:443\Z)|http://{_ORIGIN_HOST}(?!:80\Z))(:\d+)?",
    "like https://shop.example.com, in small ASCII letters, no usual port, no path",
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
