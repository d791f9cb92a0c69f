"""The resizing that one writes first: each size from the whole picture: `naive_resize COUNT`.

It prints pictures per second of one thread.
"""

import io
import json
import sys
import time

from PIL import Image

from bench.floors.picture import twelve_megapixels

WIDTHS = (1600, 800, 200)


def resize(data: bytes) -> None:
    """Make the shop's six renditions."""
    for width in WIDTHS:
        image = Image.open(io.BytesIO(data)).convert("RGB")
        image = image.resize(
            (width, round(image.height * width / image.width)), Image.Resampling.LANCZOS
        )
        image.save(io.BytesIO(), "WEBP", quality=80)
        image.save(io.BytesIO(), "JPEG", quality=85)


def main(count: int) -> None:
    """Resize so many, and print the rate."""
    data = twelve_megapixels()
    began = time.perf_counter()
    for _ in range(count):
        resize(data)
    print(json.dumps({"rate": count / (time.perf_counter() - began)}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
