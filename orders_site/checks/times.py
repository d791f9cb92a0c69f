"""System checks of time limits that must be shorter than one another."""

from collections.abc import Iterator

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution

from orders_site.conf.mailers import ANSWERS, LONGEST_CLAIM, TIMEOUT, claim_of

# A copy of a figure in the code, compared by tests/orders_site/checks/test_times.py:
# checks are registered before models can be imported.
LONGEST_RETRY_SECONDS = 16
"""Seconds that a Celery task waits at most between two attempts, invisible to other workers."""
SHORTEST_TIMEOUT, LONGEST_TIMEOUT = 30, 12 * 3600
"""Seconds. A retry's wait ends before the first; the second is SQS's limit."""
LONGEST_BODY = 300
"""Seconds; proxies and load balancers give up after one to five minutes."""
LONGEST_ACK = 5
"""Seconds before the end of its lease in which the relay starts no more work."""
LONGEST_PROBE = 10
"""Seconds after which the caller of a probe has given up."""
HEARTBEATS = 12
"""SQS's longest times within a visibility timeout, for three heartbeats that each connect first."""
LONGEST_CHECKOUT = 10
"""Seconds after which a visitor has gone; `web` has 32 threads for all of them."""


def errors() -> Iterator[CheckMessage]:
    yield from _of_sqs()
    yield from _of_prices()
    yield from _of_mails()
    yield from _of_bodies()
    yield from _of_calls()
    yield from _of_calls_within_work()


def _of_sqs() -> Iterator[CheckMessage]:
    wait, hidden = settings.SQS_WAIT_SECONDS, settings.SQS_VISIBILITY_TIMEOUT
    if not 0 <= wait <= 20:
        yield Error(
            f"SQS_WAIT_SECONDS={wait}: SQS allows 0 to 20.",
            hint="Set it to 20; to 1 or 2 with a stand-in.",
            id="orders_site.E006",
        )
    if not settings.DEMO and not SHORTEST_TIMEOUT <= hidden <= LONGEST_TIMEOUT:
        yield Error(
            f"SQS_VISIBILITY_TIMEOUT={hidden}: it must be {SHORTEST_TIMEOUT} to {LONGEST_TIMEOUT}"
            " seconds. SQS allows no more; with less, SQS would redeliver jobs in flight.",
            hint="Set it to 60.",
            id="orders_site.E032",
        )
    elif hidden <= wait <= 20:
        yield Error(
            f"SQS_WAIT_SECONDS={wait} is not below SQS_VISIBILITY_TIMEOUT={hidden}: messages that "
            "a poll of a dead worker receives would come again while others still wait.",
            hint="Set SQS_VISIBILITY_TIMEOUT to three times SQS_WAIT_SECONDS or more.",
            id="orders_site.E009",
        )
    if settings.DEMO and hidden <= LONGEST_RETRY_SECONDS:  # As some experiments want it.
        yield Caution(
            f"SQS_VISIBILITY_TIMEOUT={hidden}: "
            f"a task that waits for its next attempt needs more than {LONGEST_RETRY_SECONDS} s.",
            hint=f"Set it to {SHORTEST_TIMEOUT} or more.",
            id="orders_site.W001",
        )


def _of_prices() -> Iterator[CheckMessage]:
    if not 0 < settings.PRICE_LOOKUP_TIMEOUT <= LONGEST_CHECKOUT:
        yield Error(
            f"PRICE_LOOKUP_TIMEOUT={settings.PRICE_LOOKUP_TIMEOUT}: the time that a checkout waits "
            f"for prices must be above 0 and at most {LONGEST_CHECKOUT} seconds.",
            hint="Set it to 1.",
            id="orders_site.E010",
        )
    if settings.PRICE_REFRESH_SECONDS < 1:
        yield Error(
            f"PRICE_REFRESH_SECONDS={settings.PRICE_REFRESH_SECONDS}: each responder would read "
            "the whole price list without a pause.",
            hint="Set it to 30: a changed price is broadcast at once in any case.",
            id="orders_site.E011",
        )


def _of_mails() -> Iterator[CheckMessage]:
    mailer = settings.MAILERS["default"]
    timeout, claim = mailer.get("OPTIONS", {}).get("timeout", 0), claim_of(mailer)
    if "smtp" in mailer["BACKEND"] and (timeout <= 0 or claim > LONGEST_CLAIM):
        yield Error(
            f"EMAIL_URL has timeout={timeout}: it must be above 0. A worker claims a mail for "
            f"{ANSWERS} answers of the mail server, and this may take {LONGEST_CLAIM.seconds} s in "
            "all, for which the mail of a worker that died waits.",
            hint=f"Leave ?timeout= away from EMAIL_URL, or set it to {TIMEOUT}.",
            id="orders_site.E012",
        )


def _of_bodies() -> Iterator[CheckMessage]:
    if not 0 < settings.BODY_SECONDS <= LONGEST_BODY:
        yield Error(
            f"BODY_SECONDS={settings.BODY_SECONDS}: the time for the body of a request to arrive "
            f"must be above 0 and at most {LONGEST_BODY} seconds.",
            hint="Set it to 10; a photo is given more by its size.",
            id="orders_site.E024",
        )


def _of_calls() -> Iterator[CheckMessage]:
    times = settings.LONGEST_TIMES
    if times.nats_call > LONGEST_ACK:
        yield Error(
            f"NATS_CALL_SECONDS={times.nats_call:g}: the outbox relay would wait for acks beyond "
            f"the lease of its rows, which allows {LONGEST_ACK} seconds.",
            hint=f"Set it to {LONGEST_ACK} or less.",
            id="orders_site.E027",
        )
    if not settings.DEMO and times.sqs_call * HEARTBEATS > settings.SQS_VISIBILITY_TIMEOUT:
        yield Error(
            f"SQS_CALL_SECONDS={times.sqs_call:g} is more than a twelfth of SQS_VISIBILITY_TIMEOUT="
            f"{settings.SQS_VISIBILITY_TIMEOUT}: jobs in flight would be lost to a silent SQS.",
            hint="Set SQS_CALL_SECONDS to 2.",
            id="orders_site.E033",
        )
    if times.probe > LONGEST_PROBE:
        yield Error(
            f"PROBE_SECONDS={times.probe:g}: the caller of a probe has given up by then.",
            hint="Set it to 1.",
            id="orders_site.E028",
        )
    if times.job < 2 * times.decoder:
        yield Error(
            f"JOB_SECONDS={times.job:g} is less than twice DECODER_SECONDS={times.decoder}: a "
            "photo that is decoded slowly, and then stored, would end its worker.",
            hint="Set JOB_SECONDS to 600.",
            id="orders_site.E029",
        )


def _of_calls_within_work() -> Iterator[CheckMessage]:
    """The process of work that takes longer than its limit ends: a call in it must end before."""
    times = settings.LONGEST_TIMES
    for work, longest, call, seconds in (
        ("REQUEST_SECONDS", times.request, "PRICE_LOOKUP_TIMEOUT", settings.PRICE_LOOKUP_TIMEOUT),
        ("REQUEST_SECONDS", times.request, "twice S3_CALL_SECONDS", 2 * times.s3_call),
        ("HANDLER_SECONDS", times.handler, "NATS_CALL_SECONDS", times.nats_call),
        ("HANDLER_SECONDS", times.handler, "twice ENQUEUE_SECONDS", 2 * times.enqueue),
        ("JOB_SECONDS", times.job, "twice S3_CALL_SECONDS", 2 * times.s3_call),
    ):
        if longest <= seconds and not settings.DEMO:
            yield Error(
                f"{work}={longest:g} is not above {call}, {seconds:g} s: a server that is silent "
                "would end processes that wait for it.",
                hint=f"Set {work} higher, or the other lower.",
                id="orders_site.E036",
            )
