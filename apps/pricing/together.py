"""One question for the prices of a whole cart: twenty prices take little longer than one.

Nothing depends on its answer. What it does not answer correctly is asked for alone, as the price of
a cart of one line is: older and foreign responders know only that question.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from apps.messaging.errors import MessagingError, NoResponder, RequestRefused
from apps.messaging.request_reply.client import ask_all
from apps.messaging.request_reply.right_answer import OnlyWrongAnswers
from apps.pricing.contract import (
    MAX_SKUS,
    SUBJECT_OF_MANY,
    UNKNOWN_SKU,
    PriceAnswer,
    PricesAnswer,
    PricesQuery,
)

logger = logging.getLogger(__name__)


class AskedTogether(NamedTuple):
    """SKU → its answer, for those that were answered once; `in_time` is false after a timeout."""

    answers: dict[str, PriceAnswer | RequestRefused]
    in_time: bool


def ask_together(skus: Sequence[str], *, timeout: float) -> AskedTogether:
    """Ask for all prices by one question, for at most `timeout` seconds.

    No answer is no error. A SKU that is answered twice is as one that is not: which is right?
    """
    if not 1 < len(skus) <= MAX_SKUS:
        return AskedTogether({}, in_time=True)
    try:
        [answer] = ask_all(
            SUBJECT_OF_MANY,
            [PricesQuery.model_construct(skus=list(skus))],
            PricesAnswer,
            timeout=timeout,
            failover=False,
            await_responder=False,
        )
    except MessagingError as error:
        in_time = isinstance(error, NoResponder) and not isinstance(error, OnlyWrongAnswers)
        if not in_time:
            logger.warning("prices not answered together", extra={"error": repr(error)})
        return AskedTogether({}, in_time=in_time)
    answers = {} if isinstance(answer, RequestRefused) else _by_sku(answer)
    return AskedTogether(answers, in_time=True)


def _by_sku(answer: PricesAnswer) -> dict[str, PriceAnswer | RequestRefused]:
    unknown = {sku: RequestRefused(UNKNOWN_SKU, f"unknown SKU {sku!r}") for sku in answer.unknown}
    times = Counter(price.sku for price in answer.prices) + Counter(answer.unknown)
    found = {price.sku: price for price in answer.prices} | unknown
    return {sku: found[sku] for sku, count in times.items() if count == 1}
