"""The shop's own resizing in two threads, without job, sandbox and storage.

Usage: `resize_in_memory COUNT`. It prints pictures per second.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from apps.images.pictures import renditions
from bench.floors.picture import twelve_megapixels


def main(count: int) -> None:
    """Resize so many, and print the rate."""
    data = twelve_megapixels()
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(renditions, [data] * 2))
        began = time.perf_counter()
        list(threads.map(renditions, [data] * count))
    print(json.dumps({"rate": count / (time.perf_counter() - began)}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
