"""Ask for one price and for twenty, and for the parts of one, in turn: `ask_prices COUNT`.

Beside them a raw socket asks the same responder. All take turns in one process, so that a busy
moment meets each of them. It prints the medians in milliseconds, and how many times as long twenty
prices take as one, and one question as that of the raw socket.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable

from apps.catalog.queries import list_prices
from apps.messaging.request_reply.client import ask
from apps.pricing.client import look_up_prices
from apps.pricing.contract import SUBJECT, PriceAnswer, PriceQuery
from bench.floors.raw_price import RawSocket

SKUS = [f"SKU-{number:04}" for number in range(1, 21)]


def question() -> None:
    """Ask the responder for one price, which is a part of a look-up."""
    ask(SUBJECT, PriceQuery(sku=SKUS[0]), PriceAnswer, timeout=5)


def milliseconds(part: Callable[[], object]) -> float:
    """Return how long it takes."""
    began = time.perf_counter()
    part()
    return 1000 * (time.perf_counter() - began)


def main(count: int) -> None:
    """Do each so often, and print the medians."""
    parts: dict[str, Callable[[], object]] = {
        "one": lambda: look_up_prices(SKUS[:1]),
        "twenty": lambda: look_up_prices(SKUS),
        "question": question,
        "query": lambda: list_prices(SKUS[:1]),
        "raw": RawSocket().ask,
    }
    for part in parts.values():
        part()  # It connects.
    turns = [{name: milliseconds(part) for name, part in parts.items()} for _ in range(count)]
    medians = {name: statistics.median(turn[name] for turn in turns) for name in parts}
    print(
        json.dumps(
            {f"{name}_ms": median for name, median in medians.items()}
            | {
                "twenty_to_one": medians["twenty"] / medians["one"],
                "question_to_raw": medians["question"] / medians["raw"],
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
