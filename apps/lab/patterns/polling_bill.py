"""The monthly cost of polling an empty SQS queue, with its assumptions."""

from django.conf import settings

from apps.lab.patterns.pattern import Sum

SECONDS = 30 * 24 * 3600
EMPTY_RECEIVES_A_SECOND = 10
DOLLARS_A_MILLION = 0.40
ASSUMED = (
    f"Assumed: ${DOLLARS_A_MILLION:.2f} for a million requests, a standard queue in us-east-1, "
    "beyond the free million (AWS's price page has the word), and a loop that does not wait and "
    f"gets {EMPTY_RECEIVES_A_SECOND} empty answers a second."
)


def bill() -> list[Sum]:
    """Return the bill of one poller at an empty queue: without waiting, as here, and the best."""
    waits = sorted({settings.SQS_WAIT_SECONDS, 20} - {0})
    return [_sum(0), *(_sum(wait) for wait in waits)]


def _sum(wait: int) -> Sum:
    calls = receives(wait)
    working = (
        f"{SECONDS:,} s ÷ {wait} s"
        if wait
        else f"{SECONDS:,} s × {EMPTY_RECEIVES_A_SECOND} a second"
    )
    here = " (as here)" if wait == settings.SQS_WAIT_SECONDS else ""
    price = calls / 1_000_000 * DOLLARS_A_MILLION
    return Sum(f"WaitTimeSeconds {wait}{here}", f"{working} = {calls:,}", f"${price:,.2f}")


def receives(wait: int) -> int:
    """Return how many empty receives a month has; `wait` is in seconds."""
    return SECONDS // wait if wait else SECONDS * EMPTY_RECEIVES_A_SECOND
