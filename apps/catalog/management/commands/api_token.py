"""`manage.py api_token USER`: a bearer token for the API, as the last line of the output."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.catalog.models import ApiToken
from apps.catalog.staff import LONGEST_DAYS, issue_token
from apps.messaging.management.arguments import whole_number_between


class Command(BaseCommand):
    """For scripts: `TOKEN=$(manage.py api_token staff | tail -1)`."""

    help = (
        "Print a bearer token of a member of staff. It is valid until its end, until it is "
        "revoked, or until the password changes; a new token of the same name replaces it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="USER")
        parser.add_argument("--name", default="api", help="what it is for (default: api)")
        parser.add_argument(
            "--days",
            type=whole_number_between(1, LONGEST_DAYS),
            default=LONGEST_DAYS,
            help=f"1 to {LONGEST_DAYS} (the default)",
        )
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--list", action="store_true", help="show the user's tokens instead")
        what.add_argument("--revoke", action="store_true", help="revoke the one of this name")

    def handle(self, *, user: str, name: str, days: int, **options: Any) -> None:
        found = User.objects.filter(username=user).first()
        if found is None:
            raise CommandError(f"there is no user {user!r}")
        if options["list"]:
            self._list(found)
        elif options["revoke"]:
            if not ApiToken.objects.filter(user=found, name=name).delete()[0]:
                raise CommandError(f"{user!r} has no token {name!r}: see --list")
            self.stdout.write(f"revoked: {name}")
        else:
            self.stdout.write(self._issue(found, name, days))

    def _list(self, user: User) -> None:
        for each in ApiToken.objects.filter(user=user).order_by("ends_at"):
            self.stdout.write(f"{each.name}  until {each.ends_at:%Y-%m-%d %H:%M} UTC")

    def _issue(self, user: User, name: str, days: int) -> str:
        if not (user.is_staff and user.is_active):
            raise CommandError(f"{user.username!r} is no active member of staff")
        if not (0 < len(name) <= 64 and name.isprintable()):
            raise CommandError("--name has 1 to 64 printable characters")
        return issue_token(user, name=name, days=days)
