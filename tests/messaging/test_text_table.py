"""Tables for a terminal."""

from decimal import Decimal

import pytest

from apps.messaging.text_table import text_table


def test_numbers_align_right_and_text_aligns_left() -> None:
    rows = [("tea", 3, Decimal("9.99")), ("coffee beans", 1200, Decimal("0.50"))]
    assert text_table(["what", "how many", "price"], rows).splitlines() == [
        "WHAT          HOW MANY  PRICE",
        "tea                  3   9.99",
        "coffee beans     1,200   0.50",
    ]


def test_a_table_without_rows_has_a_heading() -> None:
    assert text_table(["id", "reason"], []) == "ID  REASON"


def test_a_line_is_cut_to_the_width_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "10")
    assert text_table(["reason"], [["a long story"]]).splitlines()[1] == "a long sto"


def test_foreign_text_stays_on_its_line() -> None:
    assert len(text_table(["reason"], [["one\ntwo\r\x1b[2J"]]).splitlines()) == 2
