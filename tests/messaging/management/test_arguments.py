"""The readers of arguments, and that each command reads its numbers and times by one of them."""

import argparse
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.core.management import get_commands, load_command_class

from apps.messaging.management.arguments import (
    moment,
    number_between,
    row_id,
    whole_number,
    whole_number_between,
)

OURS = sorted(name for name, app in get_commands().items() if app.startswith("apps."))
NO_NUMBER = ["", "abc", "nan", "inf", "-1", "1e30", "1.5.5", "9" * 5000, "0x10", "five"]


@pytest.mark.parametrize("text", NO_NUMBER)
@pytest.mark.parametrize(
    "read", [whole_number, row_id, whole_number_between(0, 255), number_between(0, 600)]
)
def test_what_is_no_number_of_the_range_is_named(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(
        argparse.ArgumentTypeError, match=r"no (whole )?number from [01] to [0-9,]+$"
    ):
        read(text)


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (whole_number, "0007", 7),
        (whole_number, "999999999", 999_999_999),
        (row_id, "9223372036854775807", 2**63 - 1),
        (whole_number_between(0, 255), "0", 0),
        (number_between(0, 1), "0.25", 0.25),
        (number_between(1, 600), "600", 600.0),
    ],
)
def test_a_number_of_the_range_is_read(
    read: Callable[[str], object], text: str, value: float
) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-13-01", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"]
)
def test_what_is_no_time_is_named(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no day or time in ISO 8601"):
        moment(text)


@pytest.mark.parametrize(
    ("text", "hour"), [("2026-03-01", 0), ("2026-03-01T09:30", 9), ("2026-03-01T09:30+02:00", 7)]
)
def test_a_time_is_in_utc(text: str, hour: int) -> None:
    read = moment(text)
    assert (read.tzinfo, read.date().isoformat(), read.hour) == (UTC, "2026-03-01", hour)
    assert isinstance(read, datetime)


@pytest.mark.parametrize("name", OURS)
def test_no_command_reads_a_number_without_its_range(name: str) -> None:
    """Python's `float` takes `nan`, and its `int` what no column has room for."""
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    django_own = {"verbosity"}
    bare = [each.dest for each in _options(parser) if each.type in (int, float)]
    assert set(bare) <= django_own


def _options(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for part in action.choices.values():
                yield from _options(part)
        else:
            yield action
