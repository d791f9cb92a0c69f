"""Cookies of two shops on one host, which a browser sends to both."""

import os

from django.conf import global_settings

from orders_site.conf.cookies import cookie_names
from tests.support.python import run_python

LOOK = (
    "from orders_site import settings as each;"
    "print(each.SESSION_COOKIE_NAME, each.CSRF_COOKIE_NAME)"
)


def test_without_a_port_they_are_djangos_own() -> None:
    assert cookie_names(None) == (global_settings.SESSION_COOKIE_NAME, "csrftoken")


def test_two_demos_on_one_host_share_no_cookie() -> None:
    assert names_at("8001") == {"sessionid_8001", "csrftoken_8001"}
    assert names_at("8002") == {"sessionid_8002", "csrftoken_8002"}


def names_at(port: str) -> set[str]:
    env = {name: value for name, value in os.environ.items() if name != "SITE_URL"}
    return set(run_python("-c", LOOK, env=env | {"PORT": port}, check=True).stdout.split())
