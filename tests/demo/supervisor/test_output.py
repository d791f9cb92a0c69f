"""The common log: names, colours, and readers that are slow or gone."""

import os
import re

import pytest

from apps.demo.supervisor.output import LineSplitter, Output, colours_wanted
from tests.demo.demo_log import demo_log


def test_names_are_aligned() -> None:
    with demo_log() as log:
        log.output.line("web", "up")
        log.output.line("celery", "up too")
        assert log.text == "web      | up\ncelery   | up too\n"


def test_a_name_keeps_its_colour() -> None:
    with demo_log(colours=True) as log:
        log.output.line("web", "one")
        log.output.line("beat", "two")
        log.output.line("web", "three")
        one, two, three = log.said(r"(\x1b\[\d+m)\w+ +\| ")
        assert one == three != two


@pytest.mark.parametrize("colours", [True, False])
@pytest.mark.parametrize(
    "text", ["\x1b]0;title\x07", "\x1b]52;c;cm0=\x1b\\", "\x1b[2J", "\x9b2J", "one\rtwo", "\x1bc"]
)
def test_control_codes_are_escaped(text: str, colours: bool) -> None:
    with demo_log(colours=colours) as log:
        log.output.line("web", f"a{text}b")
        said = re.sub(r"\x1b\[\d*m", "", log.text).rstrip("\n")
        assert said.isprintable()
        assert said.endswith(f"a{text.encode('unicode_escape').decode()}b".replace("\\\\", "\\"))


def test_without_colours_those_of_processes_are_removed() -> None:
    with demo_log() as log:
        log.output.line("web", "\x1b[32m\x1b[1minfo\x1b[0m ready")
        assert log.text == "web      | info ready\n"


def test_a_colour_ends_with_its_line() -> None:
    with demo_log(colours=True) as log:
        log.output.line("web", "\x1b[31mred")
        assert log.text.endswith("\x1b[31mred\x1b[0m\n")


def test_a_slow_reader_loses_the_oldest_lines() -> None:
    with demo_log() as log:
        for number in range(20_000):
            log.output.line("web", f"line {number} {'x' * 50}")
        first = log.said(r"line (\d+)")
        log.output.flush()
        assert first[0] == "0"
        assert "line 10000 " in log.text
        assert "line 9999 " not in log.text


def test_a_reader_that_has_gone_is_no_error() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    Output(write_end, width=8, colours=False).line("web", "anybody?")
    os.close(write_end)


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_a_pipe_is_coloured_only_on_demand(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], *, wanted: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with demo_log() as log:
        assert colours_wanted(log.read_end) is wanted


def test_a_terminal_is_coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    controller, terminal = os.openpty()
    assert colours_wanted(terminal)
    os.close(controller)
    os.close(terminal)


def test_pieces_become_whole_lines() -> None:
    lines = LineSplitter()
    assert lines.feed(b"one\ntw") == ["one"]
    assert lines.feed(b"o\r\nthree") == ["two"]
    assert lines.feed(b"") == ["three"]


def test_bytes_that_are_no_text_are_shown() -> None:
    assert LineSplitter().feed(b"\xff!\n") == ["\N{REPLACEMENT CHARACTER}!"]
