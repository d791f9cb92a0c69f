"""A file that is no CSV is recognised by its first bytes."""

from io import BytesIO

import pytest

from apps.demo.retail.errors import FileUnreadable
from apps.demo.retail.file_kind import check_is_csv

CSV = "InvoiceNo,StockCode\r\n536365,85123A\r\n"


@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_the_error_names_a_wide_encoding(encoding: str, mark: str) -> None:
    with pytest.raises(FileUnreadable, match=r"UTF-\d\d: save it as CSV in UTF-8") as refused:
        check_is_csv(BytesIO((mark + CSV).encode(encoding)))
    assert encoding[:6].upper() in str(refused.value)


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"PK\x03\x04\x14\x00", "a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old workbook"),
        (b"\x1f\x8b\x08\x00\x00\x00", "packed by gzip"),
        (b"%PDF-1.7", "a PDF"),
        (b'{"InvoiceNo": 1}', "JSON"),
        (b"<table><tr><td>InvoiceNo", "HTML or XML"),
    ],
)
def test_the_error_names_the_kind_of_file(start: bytes, kind: str) -> None:
    with pytest.raises(FileUnreadable, match=f"is {kind}.*: save it as CSV in UTF-8"):
        check_is_csv(BytesIO(start))


def test_the_error_names_an_empty_file() -> None:
    with pytest.raises(FileUnreadable, match="the file is empty"):
        check_is_csv(BytesIO())


def test_a_byte_order_mark_is_optional() -> None:
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        check_is_csv(BytesIO(CSV.encode(encoding)))
