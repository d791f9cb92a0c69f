"""Where a running shop is to be found, and how its staff is let in."""

import os
from dataclasses import dataclass

MISSING = "is not set: --target=running needs the addresses of a running shop"


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """All that a test is told of the shop."""

    url: str
    nats_url: str
    aws_endpoint_url: str
    staff_password: str
    staff_token: str


def from_environment() -> Addresses:
    """Read `SHOP_URL`, `SHOP_NATS_URL`, `SHOP_AWS_ENDPOINT_URL`, `SHOP_STAFF_PASSWORD`, ..."""
    return Addresses(
        url=_given("SHOP_URL"),
        nats_url=_given("SHOP_NATS_URL"),
        aws_endpoint_url=_given("SHOP_AWS_ENDPOINT_URL"),
        staff_password=_given("SHOP_STAFF_PASSWORD"),
        staff_token=_given("SHOP_STAFF_TOKEN"),
    )


def _given(variable: str) -> str:
    value = os.environ.get(variable)
    assert value, f"{variable} {MISSING}"
    return value
