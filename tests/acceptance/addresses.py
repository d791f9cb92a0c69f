"""The addresses of a running shop, and the login of its staff."""

import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass

MISSING = "is not set: --target=running needs the addresses of a running shop"


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """All that a test knows of the shop."""

    url: str
    nats_url: str
    aws_endpoint_url: str
    staff_password: str
    staff_token: str
    exports: dict[str, str]
    """The output of `manage.py demo --env` for a shell on this machine."""
    manage: Callable[..., object] | None = None
    """Runs a management command beside the shop; none where it runs elsewhere."""
    compose: Callable[..., str] | None = None
    """Runs `docker compose` with these arguments for this shop, and returns its output."""
    log: Callable[[], str] | None = None
    """Returns what all processes have logged; none where the shop runs elsewhere."""


def read_exports(lines: str) -> dict[str, str]:
    """Return the variables of lines such as `export NAME=value`."""
    words = (shlex.split(line) for line in lines.splitlines() if line.startswith("export "))
    return dict(word.split("=", 1) for _, word in words)


def from_environment() -> Addresses:
    """Read `SHOP_URL`, `SHOP_NATS_URL`, `SHOP_AWS_ENDPOINT_URL`, `SHOP_STAFF_PASSWORD`, ..."""
    return Addresses(
        url=_given("SHOP_URL"),
        nats_url=_given("SHOP_NATS_URL"),
        aws_endpoint_url=_given("SHOP_AWS_ENDPOINT_URL"),
        staff_password=_given("SHOP_STAFF_PASSWORD"),
        staff_token=_given("SHOP_STAFF_TOKEN"),
        exports=read_exports(os.environ.get("SHOP_EXPORTS", "")),
    )


def _given(variable: str) -> str:
    value = os.environ.get(variable)
    assert value, f"{variable} {MISSING}"
    return value
