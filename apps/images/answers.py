"""The protocol between the processes of `sandbox` and `decoder`: numbers and bytes."""

from dataclasses import dataclass
from struct import Struct

from apps.images.errors import DecoderLost, NotAPicture, PictureBroken, PictureTooLarge

MB = 2**20

ANSWER = Struct("!BI")
"""An exit code and the length of what follows: pictures, or the reason why not."""
PICTURE = Struct("!BHHI")
"""The index of the format, width, height, and the length of the bytes that follow."""
FORMATS = ("jpeg", "mpo", "png", "webp")
ERRORS_BY_CODE = {10: NotAPicture, 11: PictureTooLarge, 12: PictureBroken, 15: DecoderLost}
BROKEN, OUT_OF_MEMORY, LOST = 12, 13, 15
NO_PILLOW = 14
"""The exit code of a decoder that cannot start."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of one picture: `memory` and `answer` in bytes, the others in seconds."""

    memory: int
    cpu_seconds: int
    seconds: float
    answer: int = 64 * MB


@dataclass(frozen=True, kw_only=True)
class Header:
    """Format and size of a picture, from its first bytes; in pixels, after EXIF's rotation."""

    format: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Rendered(Header):
    """A finished picture without any metadata."""

    data: bytes
