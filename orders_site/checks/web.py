"""System checks of rates, proxies, passwords, pages and static files."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution

from orders_site.http import collected

RATE = re.compile(r"[1-9]\d{0,5} ?(/|per) ?([1-9]\d{0,3} ?)?(second|minute|hour|day)s?")
"""The digits are limited to what a store of counts can hold."""
STORES_OF_COUNTS = ("memory", "redis", "rediss")


def errors() -> Iterator[CheckMessage]:
    for name in ("CHECKOUT_RATE", "UPLOAD_RATE", "LOGIN_RATE"):
        text = getattr(settings, name)
        if not RATE.fullmatch(text):
            yield Error(
                f"{name}={text} is not a rate.",
                hint="Set it to something like 20/second or 100 per 10 seconds; at most"
                " 999999 per 9999 of them.",
                id="orders_site.E014",
            )
    if urlsplit(settings.RATE_LIMIT_STORAGE).scheme not in STORES_OF_COUNTS:
        yield Error(
            f"RATE_LIMIT_STORAGE={settings.RATE_LIMIT_STORAGE}: no such store is known.",
            hint="Set it to memory:// for one web process, to redis://HOST:6379 for several.",
            id="orders_site.E015",
        )
    if not settings.AUTH_PASSWORD_VALIDATORS:
        yield Error(
            "AUTH_PASSWORD_VALIDATORS is empty: staff could have the password `1`.",
            hint="Set it to PASSWORD_VALIDATORS of orders_site/conf/web_security.py.",
            id="orders_site.E025",
        )
    yield from _of_proxies()


def _of_proxies() -> Iterator[CheckMessage]:
    if settings.PROXY_COUNT < 1 or (settings.PROXY_COUNT > 1 and not settings.BEHIND_PROXY):
        yield Error(
            f"PROXY_COUNT={settings.PROXY_COUNT} and BEHIND_PROXY={settings.BEHIND_PROXY}: "
            "visitors would be distinguished by headers that they can forge, or not at all.",
            hint="Set BEHIND_PROXY=true and PROXY_COUNT to the number of your proxies, or neither.",
            id="orders_site.E016",
        )
    prefix, path = settings.URL_PATH_PREFIX.rstrip("/"), urlsplit(settings.SITE_URL).path
    if settings.SITE_URL and path.rstrip("/") != prefix:
        yield Caution(
            f"SITE_URL={settings.SITE_URL} and GRANIAN_URL_PATH_PREFIX={prefix}: no link "
            "of a mail leads to a page that is there.",
            hint="Let SITE_URL end with the prefix, unless a proxy changes the path.",
            id="orders_site.W006",
        )
    if not settings.DEMO and settings.SECURE_SSL_REDIRECT and not settings.BEHIND_PROXY:
        yield Caution(
            "SECURE_SSL_REDIRECT is on and BEHIND_PROXY is not: behind a proxy that ends TLS "
            "each request would be redirected to itself.",
            hint="Set BEHIND_PROXY=true, unless `web` itself is given a certificate.",
            id="orders_site.W004",
        )


def errors_of_pages() -> Iterator[CheckMessage]:
    """Check at its start what only `web` needs: `manage.py` must run before files are collected.

    A worker may run without pages, so workers do not check this.
    """
    if not settings.PAGES:
        yield Error(
            "PAGES=false is for workers: `web` would have no page to serve.",
            hint="Unset PAGES.",
            id="orders_site.E031",
        )
    if not settings.STATIC_ROOT:
        return
    root = Path(settings.STATIC_ROOT)
    if not (root / "staticfiles.json").exists():
        yield Error(
            f"STATIC_ROOT={root} has no collected files: each page would be an error.",
            hint="Run `manage.py collectstatic --no-input` before `web` starts.",
            id="orders_site.E022",
        )
    elif names := collected.outdated(root):
        yield Error(
            f"STATIC_ROOT={root} has files of another release: {', '.join(names[:5])}.",
            hint="Run `manage.py collectstatic --no-input` before `web` starts.",
            id="orders_site.E030",
        )
