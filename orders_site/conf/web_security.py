"""What a browser may load for a page of ours, and who may frame it; what a password has to be."""

import secrets
from collections.abc import Sequence

from django.utils.csp import CSP

from orders_site.conf.environment import Environment

_VALIDATION = "django.contrib.auth.password_validation"
PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
"""All four of Django's own: asked by `createsuperuser`, `changepassword` and the admin."""


def content_security_policy(picture_origins: Sequence[str]) -> dict[str, list[str]]:
    """Return Django's `SECURE_CSP`: our own files alone, without inline script or style."""
    return {
        "default-src": [CSP.SELF],
        "img-src": [CSP.SELF, "data:", *picture_origins],
        "base-uri": [CSP.NONE],
        "form-action": [CSP.SELF],
        "frame-ancestors": [CSP.NONE],
    }


def secret_key(env: Environment, *, signs: bool) -> str:
    """Return the key that sessions and forms are signed by.

    A process without pages (`PAGES=false`) signs nothing, so none is read for it, and whoever
    breaks into one that decodes strangers' pictures finds none: it has one of this start alone.
    """
    return env.str("SECRET_KEY") if signs else secrets.token_urlsafe(50)
