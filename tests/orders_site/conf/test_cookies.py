"""Cookies of two shops on one host, which a browser sends to both."""

import os

import pytest

from orders_site.conf.cookies import cookie_names
from tests.support.python import run_python

LOOK = "from orders_site import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME)"


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("http://127.0.0.1:8000", ("sessionid_8000", "csrftoken_8000")),
        ("https://shop.example.com", ("sessionid", "csrftoken")),
        ("", ("sessionid", "csrftoken")),
    ],
)
def test_the_names_carry_the_port(address: str, names: tuple[str, str]) -> None:
    assert cookie_names(address) == names


def test_two_demos_on_one_host_share_no_cookie() -> None:
    assert names_at("8001") == {"sessionid_8001", "csrftoken_8001"}
    assert names_at("8002") == {"sessionid_8002", "csrftoken_8002"}


def names_at(port: str) -> set[str]:
    env = {name: value for name, value in os.environ.items() if name != "SITE_URL"}
    return set(run_python("-c", LOOK, env=env | {"PORT": port}, check=True).stdout.split())
