"""What fails with mails, and who must act on it.

MailNotTaken            no one: its task is tried again in a moment
MailGivenUp             staff: its task is a dead letter, to be redriven
ErasureRefused
├── CustomerUnknown     the caller: nothing is kept of this address
└── CustomerBusy        the caller: something of theirs is under way; wait for it, or end it
"""


class MailNotTaken(Exception):
    """The mail server, or the way to it, did not take a mail this time."""


class MailGivenUp(Exception):
    """No task retries the mail: its task becomes a dead letter, which staff redrive."""


class ErasureRefused(Exception):
    """Nothing was erased."""


class CustomerUnknown(ErasureRefused):
    """Nothing is kept of this address."""

    def __init__(self, email: str) -> None:
        super().__init__(f"nothing is kept of {email}: is it written as the customer wrote it?")


class CustomerBusy(ErasureRefused):
    """Something of theirs is under way, and would be lost."""
