"""One part of the shop's price lookup, alone: `price_parts COUNT question|query`.

It prints the median in milliseconds, of the question over NATS or of the query for what is on sale.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable

from apps.catalog.queries import list_prices
from apps.messaging.request_reply.client import ask
from apps.pricing.contract import SUBJECT, PriceAnswer, PriceQuery

SKU = "SKU-0001"


def question() -> None:
    """Ask the responder for the price."""
    ask(SUBJECT, PriceQuery(sku=SKU), PriceAnswer, timeout=5)


def query() -> None:
    """Read what is on sale."""
    list_prices([SKU])


def milliseconds(part: Callable[[], None]) -> float:
    """Return how long it takes."""
    began = time.perf_counter()
    part()
    return 1000 * (time.perf_counter() - began)


def main(count: int, part: Callable[[], None]) -> None:
    """Do it so often, and print the median."""
    part()  # It connects.
    print(json.dumps({"one_ms": statistics.median(milliseconds(part) for _ in range(count))}))


if __name__ == "__main__":
    main(int(sys.argv[1]), {"question": question, "query": query}[sys.argv[2]])
