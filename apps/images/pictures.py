"""Reads and makes pictures with Pillow: header, preview, renditions. It imports no Django.

An uploaded picture comes here only through `sandbox`, in a process with limits.
"""

import io
import math
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import IO, Any

from PIL import ExifTags, Image, ImageCms

from apps.images.answers import Header, Rendered
from apps.images.errors import NotAPicture, PictureBroken, PictureTooLarge

WIDTHS = (1600, 800, 200)
PREVIEW_WIDTH = 400
READ = ("JPEG", "PNG", "WEBP")
WRITTEN: dict[str, dict[str, Any]] = {"webp": {"quality": 80}, "jpeg": {"quality": 85}}
MAX_PIXELS = 25_000_000
MAX_SIDE = 16_383
"""In pixels: the limit of WebP."""

# Pillow itself raises an error only at twice its limit; at the limit it warns.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)

_BOMBS = (Image.DecompressionBombWarning, Image.DecompressionBombError)
# The errors that Pillow's decoders raise for broken data.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)
# EXIF's orientation → the operation that turns the picture upright.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = {5, 6, 7, 8}


def inspect(file: IO[bytes]) -> Header:
    """Read only the header. Raises `NotAPicture` and `PictureTooLarge`."""
    image = _opened(file)
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()
    if max(image.size) > MAX_SIDE:
        sides = f"{image.width} x {image.height} pixels"
        raise PictureTooLarge(f"{sides}, and {MAX_SIDE:,} is the limit of a side")
    # A PNG's own `getexif` would decode the whole picture, to find EXIF data after the pixels.
    width, height = _shown_size(image, _orientation(partial(Image.Image.getexif, image)))
    return Header(format=(image.format or "").lower(), width=width, height=height)


def preview(data: bytes) -> Rendered:
    """Return a small JPEG, quickly. Raises `PhotoInvalid`."""
    with _decoding():
        image, (width, height) = _decoded(data, PREVIEW_WIDTH)
        return _written(_resized(image, *_fitted(width, height, PREVIEW_WIDTH)), "jpeg")


def renditions(data: bytes) -> list[Rendered]:
    """Return each width, never larger than the picture is, in each format, largest first.

    Each is made from the next larger one: a third of the work of starting from the full size.
    Raises `PhotoInvalid`.
    """
    made = []
    with _decoding():
        image, (width, height) = _decoded(data, WIDTHS[0])
        for each in sorted({min(width, each) for each in WIDTHS}, reverse=True):
            image = _resized(image, *_fitted(width, height, each))
            made += [_written(image, format) for format in WRITTEN]
    return made


def _opened(file: IO[bytes]) -> Image.Image:
    try:
        return Image.open(file, formats=READ)
    except _BOMBS as error:
        raise _too_many_pixels() from error
    except _BROKEN as error:
        raise NotAPicture from error


def _too_many_pixels() -> PictureTooLarge:
    return PictureTooLarge(f"more than {MAX_PIXELS:,} pixels, which is the limit")


@contextmanager
def _decoding() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise PictureBroken(f"this picture cannot be decoded: {error}") from error


def _decoded(data: bytes, width: int) -> tuple[Image.Image, tuple[int, int]]:
    """Decode, upright and in sRGB, to at least `width`; return the full size as shown too."""
    inspect(io.BytesIO(data))
    image = _opened(io.BytesIO(data))
    if image.format == "PNG":
        # Its EXIF may follow the pixels. Load it here, because `_orientation` ignores errors.
        image.load()
    orientation = _orientation(image.getexif)
    size = _shown_size(image, orientation)
    scale = min(1, width / size[0])
    # Pillow scales a JPEG down while it decodes, which takes a fifth of the work; but only to a
    # size of the same aspect: draft("RGB", (1600, 1600)) does nothing for a 4:3 picture.
    image.draft("RGB", (max(1, int(image.width * scale)), max(1, int(image.height * scale))))
    if image.format == "WEBP":
        image = image.copy()  # Pillow's WebP image keeps two more canvases in memory.
    image = _in_srgb(image)
    return (image.transpose(_TURNS[orientation]) if orientation in _TURNS else image), size


def _orientation(getexif: Callable[[], Image.Exif]) -> int:
    """Return 1 to 8; unreadable EXIF turns nothing."""
    with suppress(*_BROKEN):
        return int(getexif().get(ExifTags.Base.Orientation, 1))
    return 1


def _shown_size(image: Image.Image, orientation: int) -> tuple[int, int]:
    if orientation in _SIDEWAYS:
        return image.height, image.width
    return image.width, image.height


def _in_srgb(image: Image.Image) -> Image.Image:
    """Turn any mode and colour profile into plain RGB, since the profile will be dropped."""
    profile = image.info.get("icc_profile")
    image = _flattened(image)
    if profile:
        # A profile that does not fit the picture is ignored.
        with suppress(OSError, ImageCms.PyCMSError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            image = ImageCms.profileToProfile(image, source, srgb, outputMode="RGB") or image
    return image if image.mode == "RGB" else image.convert("RGB")


def _flattened(image: Image.Image) -> Image.Image:
    """Return RGB, CMYK or grey; a transparent picture gets a white background."""
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image)
        return white
    return image if image.mode in {"RGB", "CMYK", "L"} else image.convert("RGB")


def _fitted(width: int, height: int, wanted: int) -> tuple[int, int]:
    wanted = min(wanted, width)
    return wanted, max(1, math.floor(height * wanted / width + 0.5))


def _resized(image: Image.Image, width: int, height: int) -> Image.Image:
    if image.size == (width, height):
        return image
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _written(image: Image.Image, format: str) -> Rendered:
    image.info.clear()  # Pillow would write a comment and a profile from here.
    file = io.BytesIO()
    image.save(file, format, **WRITTEN[format])
    return Rendered(width=image.width, height=image.height, format=format, data=file.getvalue())
