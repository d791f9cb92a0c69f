"""A photo as a telephone takes it: rotated by EXIF, with all of its metadata."""

import io

from PIL import ExifTags, Image

RED, BLUE = (220, 30, 30), (30, 30, 220)
CAMERA = "Camera of a stranger"
LYING_ON_ITS_SIDE = 6  # EXIF: shown turned by a quarter to the right


def photo(width: int = 2400, height: int = 1800) -> bytes:
    """Return a JPEG which, once upright, is red above and blue below."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = LYING_ON_ITS_SIDE
    exif[ExifTags.Base.Make] = CAMERA
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    file = io.BytesIO()
    image.save(file, "JPEG", quality=90, exif=exif, comment=CAMERA.encode())
    return file.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def is_near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 30 for a, b in zip(pixel[:3], colour, strict=True))
