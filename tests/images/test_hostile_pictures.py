"""Unusual, broken or hostile pictures: the right renditions, or a clear reason."""

import struct
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from PIL import Image
from pytest_django.fixtures import Settings

from apps.images import sandbox, services, uploads
from apps.images.answers import MB
from apps.images.errors import NotAPicture, PhotoInvalid, PictureBroken, PictureTooLarge
from apps.images.jobs import give_up, resize
from apps.images.models import Photo, Rendition
from apps.messaging.errors import MessageUnreadable
from tests.images import hostile_decoder
from tests.images.drawn import (
    BLUE,
    RED,
    decode,
    draw,
    encode,
    exif,
    is_near,
    make_photo,
)
from tests.messaging.support.jobs import make_received
from tests.support.waiting import at_most

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

SIZE = (900, 600)
WHITE = (255, 255, 255)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, *chunks: bytes, depth: int = 8) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


def animated(format: str) -> bytes:
    frames = [draw(*SIZE), Image.new("RGB", SIZE, WHITE)]
    return encode(frames[0], format, save_all=True, append_images=frames[1:], duration=100)


def palette_with_a_clear_half() -> bytes:
    image = Image.new("P", SIZE, 0)
    image.putpalette([*RED, *BLUE])
    image.paste(1, (SIZE[0] // 2, 0, *SIZE))
    return encode(image, "PNG", transparency=1)


def sixteen_bit_colour() -> bytes:
    left, right = (struct.pack(">3H", *(each * 257 for each in colour)) for colour in (RED, BLUE))
    row = b"\x00" + left * (SIZE[0] // 2) + right * (SIZE[0] // 2)
    return png(*SIZE, chunk(b"IDAT", zlib.compress(row * SIZE[1])), depth=16)


def two_cameras() -> bytes:
    return encode(draw(*SIZE), "MPO", save_all=True, append_images=[draw(*SIZE)])


def turned() -> bytes:
    picture = draw(*SIZE).transpose(Image.Transpose.ROTATE_90)
    return encode(picture, exif=exif(Orientation=6))


def turned_by_exif_behind_the_pixels() -> bytes:
    data = encode(draw(*SIZE).transpose(Image.Transpose.ROTATE_90), "PNG")
    behind = chunk(b"eXIf", exif(Orientation=6).tobytes().removeprefix(b"Exif\x00\x00"))
    return data[:-12] + behind + data[-12:]


@pytest.mark.parametrize(
    ("make", "right_half"),
    [
        (lambda: encode(draw(*SIZE, "CMYK")), BLUE),
        (lambda: encode(draw(*SIZE), progressive=True), BLUE),
        (lambda: animated("PNG"), BLUE),
        (lambda: animated("WEBP"), BLUE),
        (palette_with_a_clear_half, WHITE),
        (sixteen_bit_colour, BLUE),
        (two_cameras, BLUE),
        (turned, BLUE),
        (turned_by_exif_behind_the_pixels, BLUE),
    ],
    ids=[
        "CMYK",
        "progressive",
        "animated PNG",
        "animated WebP",
        "palette with transparency",
        "16 bit",
        "two pictures in one",
        "EXIF-rotated",
        "EXIF at the end",
    ],
)
def test_an_unusual_picture_has_the_right_renditions(
    make: Callable[[], bytes], right_half: tuple[int, int, int]
) -> None:
    photo = make_photo(make())
    services.make_preview(id=photo.pk)
    services.make_renditions(id=photo.pk)
    assert {each.width for each in photo.renditions.all()} == {900, 800, 200}
    for key in [each.key for each in photo.renditions.all()]:
        with storages["images"].open(key) as file:
            shown = decode(file.read()).convert("RGB")
        assert shown.width > shown.height
        assert is_near(shown.getpixel((8, 8)), RED)
        assert is_near(shown.getpixel((shown.width - 8, shown.height - 8)), right_half)


@pytest.mark.parametrize(
    ("make", "refusal", "reason"),
    [
        (lambda: b"", NotAPicture, "no JPEG, PNG or WebP"),
        (lambda: b"http://127.0.0.1/photo.jpg", NotAPicture, "no JPEG, PNG or WebP"),
        (lambda: b"<svg><image href='file:///etc/passwd'/></svg>", NotAPicture, "no JPEG"),
        (lambda: encode(draw(), "TIFF"), NotAPicture, "no JPEG"),
        (lambda: png(60_000, 60_000), PictureTooLarge, "pixels"),
        (lambda: png(5001, 5000), PictureTooLarge, "more than 25,000,000 pixels"),
    ],
    ids=["nothing", "an address", "SVG", "TIFF", "a bomb", "too large"],
)
def test_a_rejected_upload_stores_nothing(
    make: Callable[[], bytes],
    refusal: type[PhotoInvalid],
    reason: str,
    picture_folder: Path,
) -> None:
    with pytest.raises(refusal, match=reason):
        uploads.add_photo(sku="ABC", file=ContentFile(make(), name="photo.jpg"))
    assert not list(picture_folder.rglob("*.*"))
    assert not Photo.objects.exists()


@contextmanager
def every_picture(does: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever is asked of a picture, the decoder's child does this."""
    ask = sandbox._asked
    monkeypatch.setattr(sandbox, "_asked", lambda task, *args: ask(does, *args))
    monkeypatch.setattr(sandbox, "_start", hostile_decoder.start)
    monkeypatch.setattr(sandbox, "_idle", [])
    yield
    sandbox._idle.clear()


@pytest.fixture
def slow_pictures(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever is asked of a picture takes a minute."""
    with every_picture("hang", monkeypatch):
        yield


@pytest.mark.usefixtures("slow_pictures")
def test_decoding_ends_after_the_configured_seconds(settings: Settings) -> None:
    settings.LONGEST_TIMES = replace(settings.LONGEST_TIMES, decoder=0)
    for ask in (sandbox.inspect, sandbox.preview, sandbox.renditions):
        with pytest.raises(PictureBroken, match="took longer than 0 s"):
            ask(encode(draw()))


@pytest.mark.usefixtures("slow_pictures")
def test_a_slow_inspection_is_ended(picture_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is wrong with the picture: no time at all is left for it."""
    monkeypatch.setattr(sandbox, "LOOKING", replace(sandbox.LOOKING, seconds=0))
    with pytest.raises(PictureBroken, match="took longer than 0 s"):
        make_photo()
    assert not list(picture_folder.rglob("*.*"))


def test_a_too_large_file_is_not_inspected(settings: Settings) -> None:
    data = encode(draw())
    settings.PHOTO_MAX_BYTES = len(data)
    assert make_photo(data)
    with pytest.raises(PictureTooLarge, match=f"{len(data)} is the limit"):
        make_photo(data + b"\x00")


def test_the_file_name_does_not_decide_the_format() -> None:
    file = ContentFile(encode(draw(), "WEBP"), name="photo.png")
    assert uploads.add_photo(sku="ABC", file=file).original_key.endswith(".webp")


@pytest.mark.parametrize(
    ("make", "limits", "reason"),
    [
        (lambda: encode(draw(5000, 5000), "PNG"), {"memory": 100 * MB}, "ran out of memory"),
        (lambda: encode(draw(*SIZE))[:-900], {}, "cannot be decoded"),
        (lambda: png(50, 50, chunk(b"IDAT", b"no pixels")), {}, "cannot be decoded"),
    ],
    ids=["large in memory", "truncated", "no pixels"],
)
def test_a_defect_found_while_decoding_is_dead_lettered_with_the_reason(
    make: Callable[[], bytes],
    limits: dict[str, int],
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sandbox, "MAKING", replace(sandbox.MAKING, **limits))
    is_dead_lettered(make_photo(make()), reason)


def test_long_work_is_dead_lettered_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    photo = make_photo()
    monkeypatch.setattr(sandbox, "MAKING", replace(sandbox.MAKING, cpu_seconds=1))
    with every_picture("spin", monkeypatch):
        is_dead_lettered(photo, "took longer than 1 s")


def is_dead_lettered(photo: Photo, reason: str) -> None:
    body = f'{{"task": "resize", "id": {photo.pk}}}'
    with pytest.raises(MessageUnreadable, match=reason) as dead:
        resize(make_received(body=body))
    give_up(body, str(dead.value))
    photo.refresh_from_db()
    assert photo.status == "failed"
    assert reason in photo.reason
    assert not Rendition.objects.exists()


def test_the_largest_allowed_picture_is_within_the_limits() -> None:
    clear = encode(Image.new("RGBA", (5000, 5000), (1, 2, 3, 100)), "WEBP", lossless=True, method=0)
    assert len(sandbox.renditions(clear)) == 6


@pytest.mark.parametrize("sku", ["../../x", "/etc/passwd", "..\\..\\x", "a/../../b"])
def test_a_clients_file_name_is_not_part_of_a_path(sku: str, picture_folder: Path) -> None:
    file = ContentFile(encode(draw()), name="../../x")
    photo = uploads.add_photo(sku=sku, file=file)
    services.make_renditions(id=photo.pk)
    made = sorted(path.relative_to(picture_folder) for path in picture_folder.rglob("*.*"))
    assert len(made) == 3
    assert {path.parts[0] for path in made} == {"originals", "photos"}
    assert [path.name for path in made[1:]] == ["64.jpeg", "64.webp"]


def test_a_url_in_a_job_is_not_fetched() -> None:
    photo = make_photo()
    started = time.monotonic()
    # 192.0.2.1 is reserved for documentation: connecting to it would time out.
    body = f'{{"task": "resize", "id": {photo.pk}, "url": "http://192.0.2.1/x.jpg"}}'
    resize(make_received(body=body))
    assert time.monotonic() - started < at_most(5)
    assert Photo.objects.get().status == "ready"
