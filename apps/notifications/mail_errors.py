"""Describes errors of the mail server and of `smtplib` without any e-mail address.

Most servers repeat the recipient in their answer, and so does `smtplib`. The description goes into
logs and dead letters, and `erasure` does not reach the logs.
"""

import re
from email.policy import SMTP
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

type MailError = OSError | ValueError
"""Every error of `smtplib` is an `OSError`; what cannot be encoded is a `ValueError`."""

_ADDRESS = r"[^\s<>:;,'\"]+@[^\s<>:;,'\"]+"


def describe(error: MailError, *, recipient: str) -> str:
    """Return the error's name, and the code and text of the server if it sent any."""
    # Some servers name the recipient without the domain.
    name = recipient.rpartition("@")[0]
    parts = [rf"(?<!\w){re.escape(part)}(?!\w)" for part in (recipient, name) if part]
    hidden = re.compile("|".join([*parts[:1], _ADDRESS, *parts[1:]]), re.IGNORECASE)
    words = hidden.sub("(address)", _words_of(error))
    return f"{type(error).__name__}: {words}"


def is_lasting(error: MailError, message: EmailMessage) -> bool:
    """Return whether no server will ever take this mail: a 5xx to its recipient or its text.

    A 5xx to our greeting, password or sender concerns all mails: they wait until it is repaired. So
    does a `ValueError` that is not the message's own, for instance about the server's name.
    """
    match error:
        case SMTPRecipientsRefused():
            return all(code >= 500 for code, _ in error.recipients.values())
        case SMTPDataError():
            return error.smtp_code >= 500
    return isinstance(error, ValueError) and not _can_be_written(message)


def _can_be_written(message: EmailMessage) -> bool:
    """Return whether the recipient and the text are such that Django can send them."""
    try:
        for address in message.recipients():
            EmailBackend(alias="checks an address", host="none").prep_address(address)
        message.message(policy=SMTP).as_bytes()
    except ValueError:
        return False
    return True


def _words_of(error: MailError) -> str:
    match error:
        case SMTPRecipientsRefused():
            return "; ".join(_answer(*answer) for answer in error.recipients.values())
        case SMTPResponseException():
            return _answer(error.smtp_code, error.smtp_error)
    return str(error)


def _answer(code: int, words: bytes | str) -> str:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"
