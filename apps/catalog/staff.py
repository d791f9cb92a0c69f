"""Who may change the catalogue over HTTP: staff, by session or by a bearer token."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import user_passes_test
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from ninja.security import HttpBearer
from ninja.security.session import SessionAuthIsStaff

type View = Callable[..., HttpResponse]


def staff_may(permission: str) -> Callable[[View], View]:
    """Show a page to those who may do the same in the admin; a stranger may sign in first."""

    def may(user: User | AnonymousUser) -> bool:
        if not user.is_authenticated:
            return False
        if user.is_staff and user.has_perm(permission):
            return True
        raise PermissionDenied

    return user_passes_test(may)


def issue_token(user: User) -> str:
    """Return a token that holds until the user's password changes; nothing is stored."""
    return _signer(user).sign(str(user.pk))


def holder_of(token: str) -> User | None:
    """Return the member of staff whom the token was issued to, if it still holds."""
    pk = token.partition(".")[0]
    if not (pk.isascii() and pk.isdigit()):
        return None
    user = User.objects.filter(pk=pk[:18], is_active=True, is_staff=True).first()
    if user is None:
        return None
    try:
        _signer(user).unsign(token)
    except BadSignature:
        return None
    return user


class StaffToken(HttpBearer):
    """`Authorization: Bearer` with what `manage.py api_token USER` printed."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        return holder_of(token)


class StaffSession(SessionAuthIsStaff):
    """A member of staff signed in to this browser; checks the CSRF token."""

    def __call__(self, request: HttpRequest) -> Any | None:
        # Without a session there is nothing to forge: answer 401, not "CSRF check failed".
        return super().__call__(request) if self.param_name in request.COOKIES else None


STAFF = [StaffToken(), StaffSession()]


def _signer(user: User) -> Signer:
    return Signer(sep=".", salt=f"apps.catalog.staff:{user.password}")
