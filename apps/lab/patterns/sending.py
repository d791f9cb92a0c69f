"""Sends a button's message through the shop's own services, with its own trace."""

from dataclasses import asdict, dataclass

from django.core import signing

from apps.catalog.errors import CatalogError
from apps.lab.feed import hops
from apps.lab.patterns.pattern import Given, Sending
from apps.messaging.errors import MessagingError
from apps.orders.errors import OrderError
from apps.pricing.errors import PricingError

SALT = "apps.lab.outcome"
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


def send(sending: Sending, given: Given, *, traceparent: str = "") -> SendingOutcome:
    """Send the button's message, in a new trace if none is given; some errors are an outcome."""
    with hops.trace_from(traceparent) as trace:
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


def in_address(outcome: SendingOutcome) -> str:
    """Return the outcome, signed, for a page's address: a reload of any window shows its own."""
    return signing.dumps(asdict(outcome), salt=SALT, compress=True)


def outcome_of(signed: str, trace: str) -> SendingOutcome | None:
    """Return what `in_address` was given, or None if it is forged or of another trace."""
    try:
        outcome = SendingOutcome(**signing.loads(signed, salt=SALT))
    except signing.BadSignature:
        return None
    return outcome if outcome.trace == trace else None
