"""Comments, docstrings and names of functions use no word that the pages may not use."""

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FORBIDDEN = ("nobody", "whoever", "told", "anew", "in hand", "is heard", "belied")
DECODED = re.compile(rf"\b({'|'.join(FORBIDDEN)})\b", re.IGNORECASE)
ANYWHERE = re.compile("|".join(FORBIDDEN).replace(" ", r"[\s_\\]+"), re.IGNORECASE)
"""Also within longer words, which is much quicker than to read a file token by token."""
FOLDERS = ("apps", "orders_site", "workers", "tests")


def words_of(path: Path) -> Iterator[str]:
    """Yield each comment, each docstring and the name of each function, in words."""
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.string
    for node in ast.walk(ast.parse(path.read_bytes())):
        match node:
            # Also the sentence below a constant.
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield text
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name.replace("_", " ")


def forbidden(path: Path) -> list[str]:
    """Return the forbidden words; code in a sentence may be named as it is."""
    if not ANYWHERE.search(path.read_text()):
        return []
    prose = (re.sub(r"`[^`]*`", "", " ".join(words.split())) for words in words_of(path))
    return [word for words in prose for word in DECODED.findall(words)]


@pytest.mark.parametrize("folder", FOLDERS)
def test_comments_docstrings_and_function_names_use_no_forbidden_word(folder: str) -> None:
    found = {path: forbidden(path) for path in (ROOT / folder).rglob("*.py")}
    assert found
    assert {str(path): words for path, words in found.items() if words} == {}


@pytest.mark.parametrize(
    "code",
    [
        "def test_a_key_is_made_anew(): ...",
        "x = 1  # nobody waits",
        '"""Told by\n`it`, in\nhand."""',
    ],
)
def test_each_place_of_a_forbidden_word_is_searched(code: str, tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text(code)
    assert forbidden(tmp_path / "code.py")
