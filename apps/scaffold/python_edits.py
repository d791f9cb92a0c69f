"""Edits of Python modules, whose places `ast` finds; ruff formats the result (`trial`).

Each raises `LookupError` with what was looked for.
"""

import ast
from collections.abc import Iterator


def with_element(text: str, name: str, element: str) -> str:
    """Return the text with one more element in the list, tuple or dict `name`, unless it is there.

    `element` is source: `"apps.tea.events.TEAS"`, or `"web": 1` for a dict.
    """
    collection = _collection(text, name)
    values = collection.values if isinstance(collection, ast.Dict) else collection.elts
    present = [ast.get_source_segment(text, each) for each in values]
    if element in present:
        return text
    lines = text.splitlines(keepends=True)
    if values:
        last = values[-1]
        return _inserted(lines, last.end_lineno, last.end_col_offset, f", {element}")
    return _inserted(lines, collection.lineno, collection.col_offset + 1, f"{element},")


def merged(text: str, fragment: str) -> str:
    """Return the module with the imports and definitions of another one.

    Definitions go before `CONTRACTS`, and the fragment's `CONTRACTS` into it. A name that the
    module has keeps its value, as `logger` does.
    """
    imports: list[str] = []
    definitions: list[str] = []
    contracts: list[str] = []
    present = set(_assigned(text))
    for node in ast.parse(fragment).body[1:]:
        source = "\n".join(fragment.splitlines()[_first_line(node) - 1 : node.end_lineno])
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports.append(source)
        elif _target(node) == "CONTRACTS" and "CONTRACTS" in present:
            elements = _collection(fragment, "CONTRACTS")
            assert isinstance(elements, ast.Tuple)
            contracts += [ast.get_source_segment(fragment, each) or "" for each in elements.elts]
        elif _target(node) not in present:
            definitions.append(source)
    for element in contracts:
        text = with_element(text, "CONTRACTS", element)
    text = _with_definitions(text, definitions)
    return _with_imports(text, imports)


def _with_definitions(text: str, definitions: list[str]) -> str:
    lines = text.splitlines(keepends=True)
    at = next(
        (node.lineno - 1 for node in ast.parse(text).body if _target(node) == "CONTRACTS"),
        len(lines),
    )
    block = "".join(f"\n\n{each}\n\n\n" for each in definitions)
    return "".join([*lines[:at], block, *lines[at:]])


def _with_imports(text: str, imports: list[str]) -> str:
    """Put them behind the last import; ruff sorts them and merges those of one module."""
    body = ast.parse(text).body
    last = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)] or body[:1]
    lines = text.splitlines(keepends=True)
    at = last[-1].end_lineno or 0
    return "".join([*lines[:at], *(f"{each}\n" for each in imports), *lines[at:]])


def _collection(text: str, name: str) -> ast.List | ast.Tuple | ast.Dict:
    for node in ast.parse(text).body:
        value = getattr(node, "value", None)
        if _target(node) == name and isinstance(value, ast.List | ast.Tuple | ast.Dict):
            return value
    raise LookupError(f"a list, tuple or dict {name}")


def _assigned(text: str) -> Iterator[str]:
    yield from (name for node in ast.parse(text).body if (name := _target(node)))


def _target(node: ast.stmt) -> str:
    """Return the name that the statement gives a value to; empty for another statement."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    return targets[0].id if targets and isinstance(targets[0], ast.Name) else ""


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def _inserted(lines: list[str], line: int | None, column: int | None, new: str) -> str:
    """Insert at a place of `ast`: lines from 1 on, columns in bytes."""
    at = (line or 1) - 1
    content = lines[at].encode()
    lines[at] = (content[: column or 0] + new.encode() + content[column or 0 :]).decode()
    return "".join(lines)
