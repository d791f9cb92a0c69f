"""The trial: in a copy of the code ruff formats what is new, and the pages made of it are written.

So the code is imported before any file of the repository changes.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from apps.scaffold.errors import TrialFailed
from apps.scaffold.tree import Tree

COPIED = (
    "apps",
    "deploy",
    "docker-compose.yml",
    "docs/contracts",
    "docs/rights.md",
    "manage.py",
    "orders_site",
    "pyproject.toml",
    "tests",
    "workers",
)
"""What the programs read."""
WRITTEN = ("docs/contracts", "docs/rights.md")
PROGRAMS = (
    ("manage.py", "contracts"),
    ("-m", "tests.deploy.rights_page", "--keep-tables"),
)
"""What makes them from the code and from the rights."""
OF_THE_COPY = {
    "DEMO": "true",
    "DJANGO_SETTINGS_MODULE": "orders_site.settings",
    "PYTHONSAFEPATH": "",
}
"""Variables with which Python imports the copy's modules, and all settings have a default."""


def try_out(tree: Tree) -> None:
    """Format the edits of the tree, and add what they change in the contracts and the rights.

    Raises `TrialFailed` with the last line of what a program says.
    """
    if not find_spec("ruff"):
        raise TrialFailed(
            "ruff is not installed, which formats the code: run `make install` first."
        )
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        _copy(tree, copy)
        modules = [path for path in tree.changed() if path.endswith(".py")]
        ruff = [sys.executable, "-m", "ruff"]
        _run([*ruff, "check", "--select=I", "--fix", "--quiet", "--no-cache", *modules], copy)
        _run([*ruff, "format", "--quiet", "--no-cache", *modules], copy)
        for program in PROGRAMS:
            _run([sys.executable, "-B", *program], copy)
        written = [path for name in WRITTEN for path in (copy / name, *(copy / name).rglob("*"))]
        files = [path.relative_to(copy).as_posix() for path in written if path.is_file()]
        tree.replace({name: (copy / name).read_text() for name in [*modules, *files]})


def _copy(tree: Tree, copy: Path) -> None:
    without = shutil.ignore_patterns("__pycache__")
    for name in COPIED:
        source = tree.root / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=without)
        else:
            shutil.copy(source, copy / name)
    for path, text in tree.changed().items():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_text(text)


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(  # noqa: S603  the arguments are ours
            command,
            check=True,
            cwd=folder,
            capture_output=True,
            text=True,
            env=os.environ | OF_THE_COPY,
        )
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout).strip().splitlines() or ["it says nothing"]
        raise TrialFailed(f"{' '.join(command[2:4])} fails on the result: {said[-1]}") from error
