"""Production as `.env.example` has it: what it starts with, and what it refuses."""

import os
import secrets
import subprocess
import sys

import pytest

from tests.processes import ROOT

EXAMPLE = dict(
    line.split("=", 1)
    for line in (ROOT / ".env.example").read_text().splitlines()
    if line and not line.startswith("#")
)
SHOW_COOKIES = """
from django.conf import settings
print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_SSL_REDIRECT)
"""


def start(**changes: str) -> "subprocess.CompletedProcess[str]":
    """Load what granian loads, and say which cookies need TLS."""
    return subprocess.run(
        [sys.executable, "-c", f"import orders_site.wsgi\n{SHOW_COOKIES}"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **EXAMPLE, **changes},
        capture_output=True,
        text=True,
        check=False,
    )


def test_its_cookies_never_travel_in_the_clear() -> None:
    started = start(SECRET_KEY=secrets.token_urlsafe(50))
    assert (started.returncode, started.stdout.split()) == (0, ["True"] * 3), started.stderr


@pytest.mark.parametrize("key", [EXAMPLE["SECRET_KEY"], "django-insecure-" + "x" * 50, "short"])
def test_it_does_not_start_with_a_secret_that_anybody_knows(key: str) -> None:
    refused = start(SECRET_KEY=key)
    assert refused.returncode == 1
    assert "orders_site.E003" in refused.stderr
    assert "Traceback" not in refused.stderr
