"""Errors of mails, and who must act on each.

MailNotTaken            no one: its task is tried again in a moment
MailGivenUp             staff: its task is a dead letter, to be redriven
ErasureImpossible
├── CustomerUnknown     the caller: no row has this address
└── CustomerBusy        the caller: an order or a mail is not finished; wait for it, or cancel it
"""


class MailNotTaken(Exception):
    """The mail server did not accept a mail this time, or could not be reached."""


class MailGivenUp(Exception):
    """No task retries the mail: its task becomes a dead letter, which staff redrive."""


class ErasureImpossible(Exception):
    """Nothing was erased."""


class CustomerUnknown(ErasureImpossible):
    """No row has this address."""

    def __init__(self, email: str) -> None:
        super().__init__(f"there is no data of {email}: check the spelling")


class CustomerBusy(ErasureImpossible):
    """An order or a mail of the customer is not finished, and would be lost."""
