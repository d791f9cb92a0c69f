"""Inspection of uploaded pictures, and their renditions."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageCms, ImageOps

from apps.images import pictures
from apps.images.errors import NotAPicture, PictureBroken, PictureTooLarge
from tests.images.drawn import BLUE, RED, decode, draw, encode, exif, is_near


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and has hardly any data, and no pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b""))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_the_content_decides_the_format(format: str) -> None:
    header = pictures.inspect(io.BytesIO(encode(draw(), format)))
    assert (header.format, header.width, header.height) == (format.lower(), 64, 48)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xff\xd8\xff",
        encode(draw(), "GIF"),
    ],
    ids=["nothing", "text", "svg", "two bytes", "gif"],
)
def test_an_unsupported_file_is_rejected(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        pictures.inspect(io.BytesIO(data))


@pytest.mark.parametrize(
    ("width", "height", "limit"),
    [
        (5001, 5000, "more than 25,000,000 pixels"),
        (8160, 6120, "more than 25,000,000 pixels"),
        (60_000, 60_000, "more than 25,000,000 pixels"),
        (16_384, 10, "16384 x 10 pixels, and 16,383 is the limit of a side"),
        (1080, 20_000, "1080 x 20000 pixels, and 16,383 is the limit of a side"),
    ],
)
def test_a_too_large_picture_is_rejected_by_its_header(width: int, height: int, limit: str) -> None:
    with pytest.raises(PictureTooLarge, match=limit):
        pictures.inspect(io.BytesIO(png_header(width, height)))


def test_inspecting_an_upload_decodes_no_pixels() -> None:
    # There are no pixels behind this header.
    assert pictures.inspect(io.BytesIO(png_header(5000, 5000))).width == 5000


def test_renditions_have_three_widths_in_two_formats() -> None:
    made = pictures.renditions(encode(draw(2000, 1500)))
    assert [(each.width, each.height, each.format) for each in made] == [
        (1600, 1200, "webp"),
        (1600, 1200, "jpeg"),
        (800, 600, "webp"),
        (800, 600, "jpeg"),
        (200, 150, "webp"),
        (200, 150, "jpeg"),
    ]


def test_each_rendition_has_its_stated_format_and_size() -> None:
    for each in pictures.renditions(encode(draw(900, 600))):
        image = decode(each.data)
        assert image.format == each.format.upper()
        assert image.size == (each.width, each.height)


def test_small_pictures_are_not_enlarged() -> None:
    made = pictures.renditions(encode(draw(500, 300)))
    assert {(each.width, each.height) for each in made} == {(500, 300), (200, 120)}


def test_a_very_narrow_picture_keeps_at_least_one_pixel() -> None:
    made = pictures.renditions(encode(draw(4000, 1), "PNG"))
    assert {each.height for each in made} == {1}


def test_the_exif_rotation_is_applied() -> None:
    # 6: the camera was turned, so left (red) is shown at the top.
    data = encode(draw(900, 600), exif=exif(Orientation=6))
    for each in pictures.renditions(data):
        image = decode(each.data).convert("RGB")
        assert image.height == round(image.width * 900 / 600)
        assert is_near(image.getpixel((image.width // 2, 5)), RED)
        assert is_near(image.getpixel((image.width // 2, image.height - 6)), BLUE)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(orientation: int) -> None:
    data = encode(draw(60, 40), exif=exif(Orientation=orientation))
    expected = ImageOps.exif_transpose(decode(data)).convert("RGB")
    shown = decode(pictures.preview(data).data)
    assert shown.size == expected.size
    for place in ((5, 5), (shown.width - 6, shown.height - 6)):
        assert is_near(shown.getpixel(place), expected.getpixel(place))  # type: ignore[arg-type]


def test_a_rotated_picture_reports_its_displayed_width() -> None:
    data = encode(draw(4000, 3000), exif=exif(Orientation=8))
    assert pictures.inspect(io.BytesIO(data)).width == 3000
    assert max(each.width for each in pictures.renditions(data)) == 1600


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize("profile", [{}, {"icc_profile": SRGB}], ids=["plain", "profile"])
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_metadata_is_removed_from_renditions(format: str, profile: dict[str, bytes]) -> None:
    secret = {"exif": exif(ImageDescription="at home"), "xmp": b"<x:xmpmeta/>at home"}
    comment = {"comment": b"at home"} if format == "JPEG" else {}
    data = encode(draw(300, 200), format, **secret, **comment, **profile)
    assert b"at home" in data
    for each in [*pictures.renditions(data), pictures.preview(data)]:
        image = decode(each.data)
        assert not image.getexif()
        assert not {"exif", "xmp", "comment", "icc_profile"} & set(image.info)
        assert b"at home" not in each.data


def test_a_colour_profile_is_applied_before_it_is_removed() -> None:
    # A profile in which red and blue have changed places.
    swapped = SRGB.replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")
    image = decode(pictures.preview(encode(draw(300, 200), "PNG", icc_profile=swapped)).data)
    red, _, blue = image.getpixel((5, 5))  # type: ignore[misc]
    assert blue > red


def test_an_invalid_colour_profile_is_ignored() -> None:
    image = decode(pictures.preview(encode(draw(300, 200), "PNG", icc_profile=b"no profile")).data)
    assert is_near(image.getpixel((5, 5)), RED)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_unreadable_exif_is_ignored(format: str) -> None:
    data = encode(draw(300, 200), format, exif=b"Exif\x00\x00no tags at all")
    assert pictures.inspect(io.BytesIO(data)).width == 300
    assert pictures.preview(data).width == 300


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1", "I;16"])
def test_pictures_of_every_mode_are_read(mode: str) -> None:
    image = Image.new(mode, (40, 30)) if mode == "I;16" else draw(40, 30, mode)
    assert decode(pictures.preview(encode(image, "PNG")).data).mode == "RGB"


def test_a_cmyk_jpeg_is_read() -> None:
    assert is_near(decode(pictures.preview(encode(draw(mode="CMYK"))).data).getpixel((5, 5)), RED)


def test_sixteen_bit_grey_keeps_its_shades() -> None:
    grey = Image.new("I;16", (40, 30), 0x8000)
    assert is_near(decode(pictures.preview(encode(grey, "PNG")).data).getpixel((5, 5)), (128,) * 3)


def test_transparent_pixels_become_white() -> None:
    clear = Image.new("RGBA", (40, 30), (0, 0, 0, 0))
    for each in pictures.renditions(encode(clear, "PNG")):
        assert is_near(decode(each.data).convert("RGB").getpixel((5, 5)), (255, 255, 255))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_picture_is_broken(format: str) -> None:
    data = encode(Image.effect_noise((600, 400), 60).convert("RGB"), format)
    half = data[: len(data) // 2]
    with pytest.raises((PictureBroken, NotAPicture)):
        pictures.renditions(half)


def test_a_decompression_bomb_is_not_decoded() -> None:
    with pytest.raises(PictureTooLarge):
        pictures.renditions(png_header(60_000, 60_000))


def test_a_preview_is_small_and_not_enlarged() -> None:
    assert pictures.preview(encode(draw(1200, 900))).width == 400
    assert pictures.preview(encode(draw(100, 75))).width == 100


def test_a_jpeg_is_scaled_down_during_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    resized_from: list[tuple[int, int]] = []
    resize = Image.Image.resize

    def spy(self: Image.Image, *args: object, **kwargs: object) -> Image.Image:
        resized_from.append(self.size)
        return resize(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Image.Image, "resize", spy)
    pictures.renditions(encode(draw(4000, 3000)))
    assert resized_from == [(2000, 1500), (1600, 1200), (800, 600)]
