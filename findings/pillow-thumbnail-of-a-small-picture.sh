#!/usr/bin/env bash
# Pillow: `thumbnail` decodes a large picture, so its file may be closed after it. It does not decode one
# that is small enough already: the same lines fail for it at the next step, by an AssertionError.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check pillow==13.0.0

timeout 120 python - "$folder" <<'PYTHON'
import io
import sys
from pathlib import Path

import PIL
from PIL import Image


def outcome(width: int, height: int) -> str:
    """Save such a picture, and make a thumbnail as many do."""
    upload = Path(sys.argv[1], "upload.jpg")
    Image.new("RGB", (width, height), "green").save(upload)
    with Image.open(upload) as image:
        image.thumbnail((200, 200))
    try:
        image.save(io.BytesIO(), "WEBP")
    except Exception as error:
        return repr(error)
    return f"{image.width} x {image.height}"


large, small = outcome(800, 600), outcome(200, 150)
print("pillow", PIL.__version__)
print("of 800 x 600:", large)
print("of 200 x 150:", small)
assert (large, small) == ("200 x 150", "AssertionError()"), "it behaves otherwise now"
PYTHON
