"""Recognises by its first bytes a file that is no readable CSV."""

import codecs
from typing import BinaryIO

from apps.demo.retail.errors import FileUnreadable

# UTF-32's mark begins as UTF-16's does.
WIDE = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
# A table program opens these files too, so users may take them for a CSV.
OTHERS = (
    (b"PK\x03\x04", "a workbook (.xlsx, .ods) or a ZIP"),
    (b"\xd0\xcf\x11\xe0", "an old workbook (.xls)"),
    (b"\x1f\x8b", "packed by gzip"),
    (b"%PDF", "a PDF"),
    (b"{", "JSON"),
    (b"<", "HTML or XML"),
)
_LONGEST = 4


def check_is_csv(file: BinaryIO) -> None:
    """Raise `FileUnreadable`, which names the kind of file, unless it may be a CSV."""
    file.seek(0)
    start = file.read(_LONGEST)
    if not start:
        raise FileUnreadable("the file is empty")
    if other := _name_of(start.removeprefix(codecs.BOM_UTF8), OTHERS):
        raise FileUnreadable(f"the file is {other}: save it as CSV in UTF-8")
    wide = _name_of(start, WIDE)
    # Without a byte order mark: ASCII characters then have one NUL in two bytes, or three in four.
    if wide is None and b"\x00" in start:
        wide = "UTF-16 or UTF-32"
    if wide:
        raise FileUnreadable(f"the file is {wide}: save it as CSV in UTF-8")


def _name_of(start: bytes, kinds: tuple[tuple[bytes, str], ...]) -> str | None:
    return next((name for mark, name in kinds if start.startswith(mark)), None)
