"""What a table of a part can name in a file, and that one which is out of date fails."""

from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from apps.start_project.errors import TableOutOfDate
from apps.start_project.parts.cuts import (
    Cut,
    block,
    lines,
    marked,
    paragraph,
    section,
    unit,
    words,
)
from apps.start_project.parts.part import Part, joined
from apps.start_project.parts.taking_out import TakingOut

PYTHON = '''\
import re

A = 1
"""Of A."""
# Why there is a B.
B = 2
C = "c"


@cache
def brew() -> None:
    pass


class Tea:
    def pour(self) -> None: ...
    def sip(self) -> None: ...
'''
YAML = """\
services:
  tea:
    image: tea

    ports: [1]
  cup:
    image: cup
"""
PAGE = """\
# Tea

## Pot

One line of the
pot. And another.

```sh
# no heading
```

### Lid

- a lid
  of the pot
- a cup

## Cup

Text.
"""
CONFIG = """\
a  # tea
# tea begins
b
# tea ends
c -- tea
d
"""


def part(name: str, *cuts: Cut, path: str = "a.py") -> Part:
    return Part(name=name, what="a part", paths=(), cuts={path: cuts})


def cut_out(text: str, *cuts: Cut, path: str = "a.py") -> str:
    return TakingOut([part("tea", *cuts, path=path)], [PurePosixPath(path)]).text_of(
        PurePosixPath(path), text
    )


@pytest.mark.parametrize(
    ("text", "cut", "gone"),
    [
        (PYTHON, lines("A = 1"), "A = 1\n"),
        (PYTHON, lines("def pour(self) -> None: ..."), "    def pour(self) -> None: ...\n"),
        (PYTHON, unit("A"), 'A = 1\n"""Of A."""\n'),
        (PYTHON, unit("B"), "# Why there is a B.\nB = 2\n"),
        (PYTHON, unit("C"), 'C = "c"\n'),
        (PYTHON, unit("brew"), "@cache\ndef brew() -> None:\n    pass\n"),
        (PYTHON, unit("Tea.sip"), "    def sip(self) -> None: ...\n"),
        (YAML, block("tea:"), "  tea:\n    image: tea\n\n    ports: [1]\n"),
        (YAML, block("cup:"), "  cup:\n    image: cup\n"),
        (PAGE, block("- a lid"), "- a lid\n  of the pot\n"),
        (PAGE, paragraph("One line"), "One line of the\npot. And another.\n\n"),
        (PAGE, section("Lid"), "### Lid\n\n- a lid\n  of the pot\n- a cup\n\n"),
        (PAGE, section("Pot"), PAGE[PAGE.index("## Pot") : PAGE.index("## Cup")]),
        (PAGE, section("Cup"), "## Cup\n\nText.\n"),
        (PAGE, words("And another."), " And another."),
        (PAGE, words("One … the pot."), "One line of the\npot."),
    ],
)
def test_a_cut_takes_its_unit_and_no_more(text: str, cut: Cut, gone: str) -> None:
    assert text.count(gone) == 1
    assert cut_out(text, cut) == text.replace(gone, "")


def test_marked_lines_and_blocks_go() -> None:
    assert cut_out(CONFIG, marked("tea")) == "d\n"


def test_new_lines_are_indented_as_the_old_ones() -> None:
    changed = cut_out(PYTHON, lines("def sip(self) -> None: ...", "def gulp(self) -> None: ..."))
    assert "\n    def gulp(self)" in changed


def test_words_may_be_wrapped_also_in_a_comment() -> None:
    assert cut_out("# All the\n# tea in China.\n", words("the tea", "coffee")) == (
        "# All coffee in China.\n"
    )


def test_a_line_of_which_nothing_is_left_goes() -> None:
    assert cut_out("A.\nAll of it.\nB.\n", words("All of it.")) == "A.\nB.\n"


def test_a_page_has_no_two_empty_lines_afterwards() -> None:
    assert "\n\n\n" not in cut_out(PAGE, words("And another."), paragraph("One"), path="a.md")


@pytest.mark.parametrize(
    "cut",
    [
        lines("D = 3"),
        words("def"),
        words("def", "class"),
        words("import re", times=2),
        marked("tea"),
        block("def drink"),
        paragraph("import os"),
        section("Pot"),
        unit("D"),
        unit("Tea.spill"),
    ],
)
def test_what_is_not_there_once_is_an_error_that_names_the_file(cut: Cut) -> None:
    with pytest.raises(TableOutOfDate, match=r"^a\.py: .* is there \d times, and not "):
        cut_out(PYTHON, cut)


def test_cuts_of_two_parts_are_looked_up_before_any_is_made() -> None:
    both = [part("one", unit("A")), part("two", lines("A = 1"), unit("brew"))]
    path = PurePosixPath("a.py")
    changed = TakingOut(both, [path]).text_of(path, PYTHON)
    assert "A = 1" not in changed
    assert "brew" not in changed
    assert "B = 2" in changed


def test_two_parts_that_rewrite_the_same_words_are_an_error() -> None:
    both = [part("one", words("A = 1", "A = 2")), part("two", words("1 … Of A", "3"))]
    path = PurePosixPath("a.py")
    with pytest.raises(TableOutOfDate, match=r"a\.py: two parts change '1'"):
        TakingOut(both, [path]).text_of(path, PYTHON)


def test_a_block_may_have_another_in_its_place() -> None:
    changed = cut_out(YAML, block("cup:", "pot:\n  image: pot"))
    assert changed == YAML.replace("  cup:\n    image: cup\n", "  pot:\n    image: pot\n")


def test_what_goes_with_two_parts_is_looked_up_in_what_is_left() -> None:
    tea = replace(
        part("tea", lines("A = 1", "A = 2")), cuts_without={"cup": {"a.py": (unit("A"),)}}
    )
    path = PurePosixPath("a.py")
    assert "A = 2" in TakingOut([tea], [path]).text_of(path, PYTHON)
    assert "A = " not in TakingOut([tea, part("cup", unit("B"))], [path]).text_of(path, PYTHON)


def test_a_word_is_another_in_every_file() -> None:
    tea = replace(part("tea", unit("A")), reworded=((r"\bbrew\b", "boil"),))
    path = PurePosixPath("b.py")
    files = [PurePosixPath("a.py"), path]
    assert TakingOut([tea], files).text_of(path, "Brew it, brewer.\n") == "boil it, brewer.\n"


def test_added_files_replace_those_of_their_path() -> None:
    tea = replace(part("tea", unit("A")), added=("docs/tea",))
    files = [PurePosixPath(each) for each in ("a.py", "b.py", "docs/tea/b.py", "docs/tea/x/c.py")]
    places = {str(each): str(TakingOut([tea], files).place_of(each)) for each in files}
    assert places == {
        "a.py": "a.py",
        "b.py": "None",
        "docs/tea/b.py": "b.py",
        "docs/tea/x/c.py": "x/c.py",
    }


@pytest.mark.parametrize(("paths", "files"), [(("apps/tea",), ["a.py"]), ((), ["b.py"])])
def test_a_path_without_a_file_is_an_error(paths: tuple[str, ...], files: list[str]) -> None:
    tea = Part(name="tea", what="a part", paths=paths, cuts={"a.py": (unit("A"),)})
    with pytest.raises(TableOutOfDate, match="of the part tea, is not there"):
        TakingOut([tea], [PurePosixPath(file) for file in files])


def test_a_file_is_in_one_table_only() -> None:
    assert joined({"tea.py": ()}, {"cup.py": ()}) == {"tea.py": (), "cup.py": ()}
    with pytest.raises(ValueError, match=r"in two tables: tea\.py$"):
        joined({"tea.py": (), "cup.py": ()}, {"tea.py": ()})


def test_what_one_part_deletes_another_does_not_rewrite() -> None:
    both = [part("one", words("A = 1", "A = 2")), part("two", lines("A = 1"))]
    path = PurePosixPath("a.py")
    for parts in (both, both[::-1]):
        assert "A = " not in TakingOut(parts, [path]).text_of(path, PYTHON)
