"""Content security policy, password rules and the secret key."""

import secrets
from collections.abc import Sequence

from django.utils.csp import CSP

from orders_site.conf import readers
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
"""All four of Django; `createsuperuser`, `changepassword` and the admin apply them."""


def content_security_policy(picture_origins: Sequence[str]) -> dict[str, list[str]]:
    """Return Django's `SECURE_CSP`: files of this site only, without inline script or style."""
    return {
        "default-src": [CSP.SELF],
        "img-src": [CSP.SELF, "data:", *picture_origins],
        "base-uri": [CSP.NONE],
        "form-action": [CSP.SELF],
        "frame-ancestors": [CSP.NONE],
    }


def secret_keys(env: Environment, *, signs: bool) -> list[str]:
    """Return the key that signs sessions and forms, and behind it former ones, still accepted.

    A process without pages (`PAGES=false`) signs nothing. It gets a random key, so that an attacker
    who breaks into a worker that decodes uploaded pictures does not find the real one.
    """
    if not signs:
        return [secrets.token_urlsafe(50)]
    former = env.str("SECRET_KEY_FALLBACKS", default="")
    return [env.str("SECRET_KEY"), *readers.words(former)]
