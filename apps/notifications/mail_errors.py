"""What the mail server, or our side of it, said of a mail, in words that hold nobody's address.

Most servers repeat the recipient's in their refusal, and so does `smtplib`. These words go into
logs and dead letters, which outlive the customer's wish to be forgotten.
"""

import re
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPResponseException

type MailError = OSError | ValueError
"""Every error of `smtplib` is the first; an address that cannot be written is the second."""

_ADDRESS = r"[^\s<>:;,'\"]+@[^\s<>:;,'\"]+"


def told(error: MailError, *, recipient: str) -> str:
    """Return the error's name, and the server's code and words where it had any."""
    # Some say who it was without the domain.
    name = recipient.rpartition("@")[0]
    parts = [rf"(?<!\w){re.escape(part)}(?!\w)" for part in (recipient, name) if part]
    hidden = re.compile("|".join([*parts[:1], _ADDRESS, *parts[1:]]), re.IGNORECASE)
    words = hidden.sub("(address)", _words_of(error))
    return f"{type(error).__name__}: {words}"


def is_lasting(error: MailError) -> bool:
    """Say whether the server will never take this mail: a 5xx to its recipient, or to its text.

    A 5xx to our greeting, password or sender is about the shop: all mails wait for its mending.
    """
    match error:
        case SMTPRecipientsRefused():
            return all(code >= 500 for code, _ in error.recipients.values())
        case SMTPDataError():
            return error.smtp_code >= 500
    return isinstance(error, ValueError)


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
