"""Sends what a pattern's button says: by the shop's own service, in a trace of its own."""

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
    "NoResponder": "The asker knew within a fraction of a second, from the server.",
    "RequestTimeout": "Somebody may be there, and was too slow; what was asked may have been done.",
    "UnknownSku": "That is an answer, and it is no: asked again, it would be the same.",
    "BrokerAway": "The broker cannot be reached at the moment.",
    "NotCancellable": "Nothing was recorded, so nothing travels.",
}


@dataclass(frozen=True, kw_only=True)
class SendingOutcome:
    """What came of it, in words; `trace` is what its messages can be followed by."""

    trace: str
    words: str
    went_well: bool = True


def send(sending: Sending, given: Given) -> SendingOutcome:
    """Do what the button says. An error that has a name is an outcome too."""
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
    """Keep the newest outcome in the visitor's session, so that a reload shows it again."""
    request.session[OUTCOME] = asdict(outcome)


def outcome_of(request: HttpRequest, trace: str) -> SendingOutcome | None:
    kept = request.session.get(OUTCOME)
    return SendingOutcome(**kept) if kept and kept["trace"] == trace else None
