"""Who may change the catalogue over HTTP: staff, by session or by a bearer token."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from secrets import compare_digest
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import user_passes_test
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from ninja.security import HttpBearer
from ninja.security.session import SessionAuthIsStaff

from apps.catalog.models import ApiToken

LONGEST_DAYS = 90

type View = Callable[..., HttpResponse]


def staff_may(permission: str) -> Callable[[View], View]:
    """Show a page to staff with this permission; a visitor who is not signed in may sign in."""

    def may(user: User | AnonymousUser) -> bool:
        if not user.is_authenticated:
            return False
        if user.is_staff and user.has_perm(permission):
            return True
        raise PermissionDenied

    return user_passes_test(may)


def issue_token(user: User, *, name: str = "api", days: int = LONGEST_DAYS) -> str:
    """Return a new token of this name; it replaces an older one.

    It is valid for `days`, until it is revoked, or until the user's password changes. Only its
    digest is stored: the token itself is returned this once.
    """
    secret = secrets.token_urlsafe(32)
    row, _ = ApiToken.objects.update_or_create(
        user=user,
        name=name,
        defaults={
            "digest": _digest(user, secret),
            "made_at": timezone.now(),
            "ends_at": timezone.now() + timedelta(days=days),
        },
    )
    return f"{row.pk}.{secret}"


def holder_of(token: str) -> User | None:
    """Return the member of staff to whom the token was issued; None if it is not valid."""
    pk, _, secret = token.partition(".")
    if not (pk.isascii() and pk.isdigit()):
        return None
    row = (
        ApiToken.objects.select_related("user")
        .filter(pk=pk[:18], ends_at__gt=timezone.now(), user__is_active=True, user__is_staff=True)
        .first()
    )
    return row.user if row and _is_of(row, secret) else None


class StaffToken(HttpBearer):
    """`Authorization: Bearer` with a token that `manage.py api_token USER` printed."""

    def __init__(self, permission: str) -> None:
        super().__init__()
        self._permission = permission

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        user = holder_of(token)
        return _allowed(user, self._permission) if user else None


class StaffSession(SessionAuthIsStaff):
    """A member of staff signed in to this browser; checks the CSRF token."""

    def __init__(self, permission: str) -> None:
        super().__init__()
        self._permission = permission

    def __call__(self, request: HttpRequest) -> Any | None:
        # Without a session there is nothing to forge: answer 401, not "CSRF check failed".
        if self.param_name not in request.COOKIES:
            return None
        user = super().__call__(request)
        return _allowed(user, self._permission) if user else None


def staff_with(permission: str) -> list[Any]:
    """Return the API's authentication of staff with this permission: by token or by session."""
    return [StaffToken(permission), StaffSession(permission)]


def _allowed(user: User, permission: str) -> User:
    """Return the user. Raises `PermissionDenied`: to sign in again would not help."""
    if not user.has_perm(permission):
        raise PermissionDenied
    return user


def _is_of(row: ApiToken, secret: str) -> bool:
    """Return whether the secret is the token's; a digest by a former `SECRET_KEY` is replaced."""
    digest = _digest(row.user, secret)
    if compare_digest(row.digest, digest):
        return True
    for key in settings.SECRET_KEY_FALLBACKS:
        if compare_digest(row.digest, _digest(row.user, secret, key)):
            ApiToken.objects.filter(pk=row.pk, digest=row.digest).update(digest=digest)
            return True
    return False


def _digest(user: User, secret: str, key: str | None = None) -> str:
    text = f"{user.password}:{secret}"
    return salted_hmac("apps.catalog.staff", text, secret=key, algorithm="sha256").hexdigest()
