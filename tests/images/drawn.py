"""Pictures and photos for tests, drawn on the spot."""

import io
from typing import Any

from django.core.files.base import ContentFile
from PIL import ExifTags, Image

from apps.images import uploads
from apps.images.models import Photo

RED, BLUE = (220, 30, 30), (30, 30, 220)


def draw(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """Return a picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image.convert(mode)


def encode(image: Image.Image, format: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def exif(**tags: Any) -> Image.Exif:
    found = Image.Exif()
    for name, value in tags.items():
        found[ExifTags.Base[name]] = value
    return found


def decode(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def is_near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 25 for a, b in zip(pixel[:3], colour, strict=True))


def make_photo(data: bytes | None = None, *, sku: str = "ABC", id: int | None = None) -> Photo:
    data = data or encode(draw(), "PNG")
    return uploads.add_photo(sku=sku, file=ContentFile(data, name="../../etc/passwd"), id=id)
