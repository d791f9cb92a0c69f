"""The error of a mail server, without the address of the customer."""

from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core.mail import EmailMessage

from apps.notifications.mail_errors import MailError, describe, is_lasting

ANN = "ann.o'hara@example.com"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            SMTPRecipientsRefused(
                {ANN: (550, b"5.1.1 <Ann.O'Hara@EXAMPLE.com>: User\r\n unknown")}
            ),
            "SMTPRecipientsRefused: 550 5.1.1 <(address)>: User unknown",
        ),
        (SMTPDataError(554, b"spam for ann.o'hara"), "SMTPDataError: 554 spam for (address)"),
        (
            SMTPDataError(554, "by bob@x to ann.o'hara"),
            "SMTPDataError: 554 by (address) to (address)",
        ),
        (SMTPDataError(554, b"\xff"), "SMTPDataError: 554 \ufffd"),
        (SMTPServerDisconnected("closed"), "SMTPServerDisconnected: closed"),
        (TimeoutError("timed out"), "TimeoutError: timed out"),
        (
            ValueError(f"Invalid address '{ANN}': a defect"),
            "ValueError: Invalid address '(address)': a defect",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mail_errors_text_omits_the_address(error: MailError, words: str) -> None:
    assert describe(error, recipient=ANN) == words


@pytest.mark.parametrize("recipient", ['"ann hara"@example.com', "ann", ""])
def test_only_the_recipients_address_is_hidden(recipient: str) -> None:
    error = SMTPDataError(554, f"no mail for [{recipient}] today".encode())
    hidden = "(address)" if recipient else ""
    described = describe(error, recipient=recipient)
    assert described == f"SMTPDataError: 554 no mail for [{hidden}] today"


def test_a_temporarily_rejected_recipient_is_not_a_permanent_failure() -> None:
    error = SMTPRecipientsRefused({ANN: (450, b"busy"), "b@example.com": (550, b"")})
    assert not is_lasting(error, EmailMessage(to=[ANN]))


@pytest.mark.parametrize(
    ("to", "body", "is_the_mails"),
    [
        (ANN, "thanks", False),
        ("älice@example.com", "thanks", True),
        ("ann@example.com\nBcc: bob@example.com", "thanks", True),
        (ANN, "half of an emoji: \ud83d", True),
    ],
    ids=["the server's name", "recipient", "a line break", "text"],
)
def test_only_a_value_error_of_the_mail_itself_is_lasting(
    to: str, body: str, *, is_the_mails: bool
) -> None:
    """Another one concerns all mails: none of them may be given up."""
    message = EmailMessage("Your order", body, to=[to])
    assert is_lasting(ValueError("of whatever"), message) is is_the_mails
