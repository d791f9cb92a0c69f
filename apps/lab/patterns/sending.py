"""Sends a button's message through the shop's own services, with its own trace."""

from dataclasses import asdict, dataclass

from django.http import HttpRequest

from apps.catalog.errors import CatalogError
from apps.lab.feed import hops
from apps.lab.patterns.pattern import Given, Sending
from apps.messaging.errors import MessagingError
from apps.orders.errors import OrderError
from apps.pricing.errors import PricingError

OUTCOME = "lab_outcome"
NAMED = (MessagingError, CatalogError, PricingError, OrderError)
MEANINGS = {
    "NoResponder": "The client knew it within a fraction of a second, from the server.",
    "RequestTimeout": "A responder may be there, and was too slow; it may have done its work.",
    "UnknownSku": "That is an answer: a retry would get the same.",
    "BrokerAway": "The broker cannot be reached at the moment.",
    "NotCancellable": "Nothing was recorded, so no message is sent.",
}


@dataclass(frozen=True, kw_only=True)
class SendingOutcome:
    """The outcome, in words; its messages can be followed by `trace`."""

    trace: str
    words: str
    went_well: bool = True


def send(sending: Sending, given: Given) -> SendingOutcome:
    """Send the button's message; an expected error is an outcome too."""
    with hops.new_trace() as trace:
        try:
            return SendingOutcome(trace=trace, words=sending.send(given))
        except NAMED as error:
            name = type(error).__name__
            words = " ".join(
                filter(None, (f"{name}: {sentence_of(error)}", MEANINGS.get(name, "")))
            )
            return SendingOutcome(trace=trace, words=words, went_well=False)


def sentence_of(error: Exception) -> str:
    """Return the error's text with one full stop at its end; some errors have one."""
    return f"{str(error).removesuffix('.')}."


def remember(request: HttpRequest, outcome: SendingOutcome) -> None:
    """Store the newest outcome in the visitor's session, so that a reload shows it."""
    request.session[OUTCOME] = asdict(outcome)


def outcome_of(request: HttpRequest, trace: str) -> SendingOutcome | None:
    kept = request.session.get(OUTCOME)
    return SendingOutcome(**kept) if kept and kept["trace"] == trace else None
