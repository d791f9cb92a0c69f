"""No text in the code uses a word that the pages may not use: comments, names, what users read."""

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
IN_A_SENTENCE = re.compile(rf"(?<![-\"'\w])(?:{'|'.join(FORBIDDEN)})(?![-\"'\w])", re.IGNORECASE)
"""Not within a slug, and not a value that a sentence or a line of code shows."""
FOLDERS = ("apps", "orders_site", "workers", "tests", "examples")
SHOWN = ("apps", "orders_site", "workers", "bench", "examples")
"""Users read their strings; those of tests are often the input of a test."""
OTHER_TEXTS = (".html", ".js", ".css", ".txt", "-tpl")


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


def forbidden_in_strings(path: Path) -> list[str]:
    """Return the forbidden words of its sentences; one word alone is a value."""
    text = path.read_text()
    if not ANYWHERE.search(text):
        return []
    strings = [
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
    ]
    prose = (re.sub(r"`[^`]*`", "", " ".join(words.split())) for words in strings)
    return [word for words in prose for word in IN_A_SENTENCE.findall(words)]


@pytest.mark.parametrize("folder", [each for each in FOLDERS if (ROOT / each).is_dir()])
def test_comments_docstrings_and_function_names_use_no_forbidden_word(folder: str) -> None:
    found = {path: forbidden(path) for path in (ROOT / folder).rglob("*.py")}
    assert found
    assert {str(path): words for path, words in found.items() if words} == {}


@pytest.mark.parametrize("folder", [each for each in SHOWN if (ROOT / each).is_dir()])
def test_strings_use_no_forbidden_word(folder: str) -> None:
    found = {path: forbidden_in_strings(path) for path in (ROOT / folder).rglob("*.py")}
    assert {str(path): words for path, words in found.items() if words} == {}


def test_templates_and_scripts_use_no_forbidden_word() -> None:
    texts = [path for path in (ROOT / "apps").rglob("*") if path.name.endswith(OTHER_TEXTS)]
    assert texts
    found = {path: IN_A_SENTENCE.findall(path.read_text()) for path in texts}
    assert {str(path): words for path, words in found.items() if words} == {}


def test_a_forbidden_word_of_a_sentence_is_found(tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text("""a = "nobody"\nb = "a-nobody-there is"\nc = ("Where " "nobody looks.")\n""")
    assert forbidden_in_strings(code) == ["nobody"]


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
