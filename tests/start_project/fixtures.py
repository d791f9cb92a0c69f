"""Fixtures of the repository's `conftest.py` files that a copy lost while its tests want them."""

import ast
from collections.abc import Iterator
from pathlib import Path

type Function = ast.FunctionDef | ast.AsyncFunctionDef


def lost_fixtures(copy: Path, root: Path) -> set[str]:
    """Return `path: fixture` of each that a test below the folder of the file asks for.

    A folder of the same name as the project is in a copy by another name, and is not looked at.
    """
    return {
        f"{path.relative_to(copy)}: {name}"
        for conftest in (root / "tests").rglob("conftest.py")
        for there in [copy / conftest.relative_to(root)]
        for name in _fixtures_of(conftest) - (_fixtures_of(there) if there.exists() else set())
        for path in there.parent.rglob("*.py")
        if name in path.read_text() and _lacks(path, name)
    }


def _fixtures_of(path: Path) -> set[str]:
    return {node.name for node in _functions(path) if _is_fixture(node)}


def _lacks(path: Path, name: str) -> bool:
    """Return whether a function of the file asks for it, and no line of the file makes it."""
    asked = [
        each.arg
        for node in _functions(path)
        if node.name.startswith("test_") or _is_fixture(node)
        for each in node.args.args
    ]
    return name in asked and name not in _fixtures_of(path)


def _functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _is_fixture(node: Function) -> bool:
    return any("fixture" in ast.unparse(each) for each in node.decorator_list)
