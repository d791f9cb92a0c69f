"""`manage.py api_token USER`: a bearer token for the API, as the last line of the output."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.catalog.staff import issue_token


class Command(BaseCommand):
    """For scripts: `TOKEN=$(manage.py api_token staff | tail -1)`."""

    help = "Print a bearer token of a member of staff. It holds until the password changes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="USER")

    def handle(self, *, user: str, **options: Any) -> None:
        found = User.objects.filter(username=user, is_active=True).first()
        if found is None:
            raise CommandError(f"there is no active user {user!r}")
        if not found.is_staff:
            raise CommandError(f"{user!r} is no member of staff")
        self.stdout.write(issue_token(found))
