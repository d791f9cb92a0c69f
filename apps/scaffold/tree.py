"""The files of the repository with edits that no one has written yet: all of them or none."""

import ast
import difflib
import re
from collections.abc import Callable
from pathlib import Path

from apps.scaffold.errors import AlreadyThere, PlaceMissing, ScaffoldError
from apps.scaffold.python_edits import merged

LONGEST_FILE = 200
"""Lines of a module, which tests/test_architecture.py allows."""
TEMPLATES = Path(__file__).parent / "templates"
_PLACEHOLDER = re.compile(r"\{\{ (\w+) \}\}")


class Tree:
    """Text by path, relative to `root`. `values` are those of the templates' placeholders.

    `app` and `name` are among them for `add_to_app`.
    """

    def __init__(self, root: Path, values: dict[str, str]) -> None:
        self.root = root
        self.values = values
        self._new: dict[str, str] = {}

    def has(self, path: str) -> bool:
        return path in self._new or (self.root / path).exists()

    def read(self, path: str) -> str:
        """Return the text with its edits. Raises `PlaceMissing`."""
        if path not in self._new and not (self.root / path).is_file():
            raise PlaceMissing(f"{path} is missing, and the command would edit it.")
        return self._new.get(path) or (self.root / path).read_text()

    def rendered(self, template: str) -> str:
        """Return the text of a template with its values."""
        text = (TEMPLATES / f"{template}-tpl").read_text()
        return _PLACEHOLDER.sub(lambda found: self.values[found[1]], text)

    def create(self, path: str, template: str) -> None:
        """Add a file. Raises `AlreadyThere`."""
        if self.has(path):
            raise AlreadyThere(f"{path} is there already.")
        self._new[path] = self.rendered(template)

    def add_to_app(self, module: str, template: str) -> None:
        """Add a template's imports and definitions to a module of the app, or make the module.

        If the module is full, the message gets one of its own beside it: `NAME_handlers`. The value
        of the placeholder `module` is which of them it is.
        """
        folder, text = f"apps/{self.values['app']}", self.rendered(template)
        self.values[module] = module
        path = f"{folder}/{module}.py"
        if not self.has(path):
            self._new[path] = text
            return
        present = self.read(path)
        self.edit(path, lambda _: merged(present, text))
        if len(self._new[path].splitlines()) > LONGEST_FILE:
            self._new[path] = present
            self.values[module] = f"{self.values['name']}_{module}"
            self.create(f"{folder}/{self.values[module]}.py", template)

    def edit(self, path: str, change: Callable[[str], str]) -> None:
        """Change a file. Raises `PlaceMissing` with its path, and what was looked for."""
        try:
            self._new[path] = change(self.read(path))
        except LookupError as error:
            raise PlaceMissing(
                f"{path}: {error.args[0]} was looked for, and is not there."
            ) from error

    def replace(self, texts: dict[str, str]) -> None:
        """Take these texts, as a program has made them of ours."""
        self._new |= texts

    def changed(self) -> dict[str, str]:
        """Return path → new text of each file that is new or different."""
        return {path: text for path, text in sorted(self._new.items()) if text != self._old(path)}

    def check_lengths(self) -> None:
        """Raise `ScaffoldError` if a module becomes longer than the architecture allows."""
        for path, text in self.changed().items():
            length = len(text.splitlines())
            if path.endswith(".py") and length > LONGEST_FILE:
                raise ScaffoldError(
                    f"{path} would have {length} lines, of {LONGEST_FILE} at most: split it first."
                )

    def diff(self) -> str:
        """Return all edits as one patch, in the form of `git diff`."""
        return "".join(
            line if line.endswith("\n") else f"{line}\n"
            for path, text in self.changed().items()
            for line in difflib.unified_diff(
                (self._old(path) or "").splitlines(keepends=True),
                text.splitlines(keepends=True),
                f"a/{path}" if self._old(path) is not None else "/dev/null",
                f"b/{path}",
            )
        )

    def save(self) -> list[str]:
        """Write all edits; return the paths."""
        changed = self.changed()
        for path, text in changed.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text)
        return list(changed)

    def _old(self, path: str) -> str | None:
        file = self.root / path
        return file.read_text() if file.is_file() else None


def class_names(root: Path) -> dict[str, str]:
    """Return class → file of each class in our code; no two may have one name."""
    return {
        node.name: path.relative_to(root).as_posix()
        for folder in ("apps", "orders_site", "workers")
        for path in sorted((root / folder).rglob("*.py"))
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef)
    }
