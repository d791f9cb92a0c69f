"""`manage.py erase EMAIL`: erases a customer from orders, mails, dead letters and sessions."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from apps.messaging.control_characters import escaped
from apps.messaging.text_table import text_table
from apps.notifications.erasure import erase
from apps.notifications.errors import ErasureImpossible

NOT_REACHED = """\
not erased here, please check:
  events of the last seven days: they hold no address, only ids of orders without a customer
  back-ups, and logs: a mail server's answer may name an address there
  mails that the mail server stores or has delivered"""


class Command(BaseCommand):
    """Counts the rows that it would change; with `--apply` it changes them in one transaction."""

    help = "Erase a customer; the orders stay, without the customer's data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="CUSTOMER_EMAIL")
        parser.add_argument("--apply", action="store_true", help="erase; without it, only count")

    def handle(self, *args: Any, email: str, apply: bool, **options: Any) -> None:
        email = email.strip()
        try:
            validate_email(email)
            found = erase(email, apply=apply)
        except ValidationError as error:
            raise CommandError(escaped(f"{email} is not an e-mail address")) from error
        except ErasureImpossible as error:
            raise CommandError(str(error)) from error
        self.stdout.write(text_table(["what", "rows"], found.items()))
        if not apply:
            self.stdout.write("nothing was changed; --apply erases the customer")
            return
        self.stdout.write("erased")
        self.stdout.write(NOT_REACHED)
