"""A copy under a new name: no name of this project is left, and `make check` formats nothing."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.start_project.copying import RUFF
from apps.start_project.project_name import LONGEST
from tests.start_project.copies import content_of, copy_named, texts_of

LONG, SHORT = "merchants_of_venice1", "ab"
OURS = re.compile(r"orders[-_. ]?site|outpost|start_project", re.IGNORECASE)
KEPT = {
    "LICENSE": "the copyright, as the licence asks",
    ".started-from": "the name of the original is what it is for",
}
"""File with a name of ours → why."""

SHOP_IS_A_WORD = {
    "&shop": "the anchor of compose for processes of the shop",
    "*shop": "the same",
    "x-shop": "the same",
    "SHOP_URL": "the address of the shop, for a reader's shell",
}
"""What is left in the files that are no Python and no pages, comments aside."""

SHOP_IS_A_PLACE = {
    "apps/lab/map/layouts.py": "a node of the map",
    "apps/lab/map/topology.py": "the same",
    "apps/lab/map/new_requests.py": "the same",
    f"{LONG}/http/favicon.py": "the folder of the shop's styles and icons",
}
"""What is left in strings of product code that are one word. Tests have examples like `/shop`."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("copies")


@pytest.fixture(scope="module")
def copy(folder: Path) -> Path:
    return copy_named(LONG, folder)


@pytest.fixture(scope="module")
def trees(copy: Path) -> dict[str, ast.Module]:
    """Path → syntax tree of each Python file of the copy; reading all of them takes seconds."""
    python = {path: text for path, text in texts_of(copy).items() if path.endswith(".py")}
    return {path: ast.parse(text, path) for path, text in python.items()}


@pytest.fixture(scope="module")
def short(folder: Path) -> Path:
    return copy_named(SHORT, folder)


def test_the_longest_name_is_tried() -> None:
    assert len(LONG) == LONGEST


def test_only_the_licence_and_the_stamp_have_a_name_of_ours(copy: Path) -> None:
    texts = texts_of(copy)
    assert {path for path, text in texts.items() if OURS.search(text)} == set(KEPT)
    assert [path for path in content_of(copy) if OURS.search(path)] == []


def test_the_new_name_is_where_the_old_one_was(copy: Path) -> None:
    texts = texts_of(copy)
    assert f"name: {LONG.replace('_', '-')}\n" in texts["docker-compose.yml"]
    assert f"CREATE DATABASE {LONG}'" in texts["deploy/postgresql.sql"]
    assert f'{{"prefix": "{LONG}", "key": "order"}}' in texts[f"{LONG}/settings.py"]
    assert texts["README.md"].startswith("# Merchants of venice1\n")
    assert texts["pyproject.toml"].startswith('[project]\nname = "merchants-of-venice1"\n')


def without_comments(text: str) -> str:
    return re.sub(r"(?:^|\s)(?:#|--) .*|##? .*$", "", text, flags=re.MULTILINE)


def test_in_what_is_deployed_shop_is_left_as_a_word_only(copy: Path) -> None:
    left = {
        word.rstrip(":")
        for path, text in texts_of(copy).items()
        if path.startswith((".env.example", "deploy/", "docker-compose", ".devcontainer"))
        if not path.endswith(".bashrc")
        for word in re.findall(r"[^\s\"'${},/]*shop[^\s\"',/]*", without_comments(text), re.I)
    }
    assert left == set(SHOP_IS_A_WORD)


def strings_of(tree: ast.Module) -> Iterator[str]:
    """Yield each string that is one word: no sentence, and no docstring."""
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(value)) if not re.search(r"\s", value):
                yield value


def test_in_the_strings_of_product_code_shop_is_left_as_a_place_only(
    trees: dict[str, ast.Module],
) -> None:
    found = {
        path: {value for value in strings_of(tree) if "shop" in value}
        for path, tree in trees.items()
        if not path.startswith("tests/")
    }
    left = {path: values for path, values in found.items() if values}
    assert left == {path: {"shop"} for path in SHOP_IS_A_PLACE}


def test_each_python_file_compiles_and_the_imports_are_those_of_the_copy(
    copy: Path, trees: dict[str, ast.Module]
) -> None:
    assert len(trees) > 900
    for path, tree in trees.items():
        compile(tree, path, "exec")
    assert f"from {LONG}.conf import" in (copy / LONG / "settings.py").read_text()


def test_ruff_finds_nothing_to_change_in_a_copy(copy: Path, short: Path) -> None:
    for made in (copy, short):
        for command in (["check"], [*RUFF[1], "--check"]):
            ruff = [sys.executable, "-m", "ruff", *command, "--quiet", "--no-cache", "."]
            done = subprocess.run(ruff, check=False, cwd=made, capture_output=True, text=True)
            assert (done.stdout, done.returncode) == ("", 0)


def test_a_second_copy_is_the_same_to_the_byte(copy: Path, tmp_path: Path) -> None:
    assert content_of(copy_named(LONG, tmp_path)) == content_of(copy)
