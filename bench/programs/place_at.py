"""Place orders at a steady rate until the process is stopped: `place_at ORDERS_PER_SECOND`."""

import sys
import time

from bench.programs.place_orders import place


def main(rate: float) -> None:
    """Place each order at its time, and the late ones at once."""
    due = time.monotonic()
    while True:
        place()
        due += 1 / rate
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main(float(sys.argv[1]))
