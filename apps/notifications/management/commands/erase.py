"""`manage.py erase CUSTOMER_EMAIL`: takes a customer out of orders, mails, letters and sessions."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from apps.messaging.control_characters import escaped
from apps.messaging.text_table import text_table
from apps.notifications.erasure import erase
from apps.notifications.errors import ErasureRefused

NOT_REACHED = """\
not reached, and yours to see to:
  events of the last seven days: they hold no address, only ids of orders that are nobody's now
  back-ups, and logs: a mail server's refusal may name an address there
  what the mail server keeps, and what it has delivered"""


class Command(BaseCommand):
    """Says what it would erase; with `--apply` it is erased, in one transaction."""

    help = "Erase a customer; the orders stay, and tell nobody whose they were."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="CUSTOMER_EMAIL")
        parser.add_argument("--apply", action="store_true", help="do it; else it is only told")

    def handle(self, *args: Any, email: str, apply: bool, **options: Any) -> None:
        email = email.strip()
        try:
            validate_email(email)
            found = erase(email, apply=apply)
        except ValidationError as error:
            raise CommandError(escaped(f"{email} is no e-mail address")) from error
        except ErasureRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(text_table(["what", "rows"], found.items()))
        if not apply:
            self.stdout.write("nothing was changed; --apply erases it for good")
            return
        self.stdout.write("erased")
        self.stdout.write(NOT_REACHED)
