"""Ask for one price and for twenty, in turn, by the shop's own client: `ask_prices COUNT`.

It prints the medians in milliseconds, and how many times as long twenty take.
"""

import json
import statistics
import sys
import time

from apps.pricing.client import look_up_prices

SKUS = [f"SKU-{number:04}" for number in range(1, 21)]


def milliseconds(skus: list[str]) -> float:
    """Return how long the answer takes."""
    began = time.perf_counter()
    look_up_prices(skus)
    return 1000 * (time.perf_counter() - began)


def main(count: int) -> None:
    """Ask so often, and print the medians."""
    milliseconds(SKUS)  # It connects.
    pairs = [(milliseconds(SKUS[:1]), milliseconds(SKUS)) for _ in range(count)]
    one, twenty = (statistics.median(each) for each in zip(*pairs, strict=True))
    print(json.dumps({"one_ms": one, "twenty_ms": twenty, "twenty_to_one": twenty / one}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
