"""Checks of this machine: Python, the packages, `make`. No package is needed to run them."""

import re
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from apps.messaging.finding import Finding, broken, some, warning, well

OLDEST = (3, 12)
"""As `requires-python` of pyproject.toml says."""
ROOT = Path(__file__).resolve().parents[2]
_IN_A_CHECKOUT = ROOT / ".venv" / "bin" / "python"
_PIN = re.compile(r"^([\w.-]+)==([^\s;]+) *(;?)", re.MULTILINE)
_NAMED = 5


def findings(*, of_the_demo: bool) -> Iterator[Finding]:
    yield python(sys.version_info[:3], of_the_demo=of_the_demo)
    yield packages(of_the_demo=of_the_demo)
    if of_the_demo:
        yield make()


def python(version: tuple[int, ...], *, of_the_demo: bool) -> Finding:
    """Return whether this Python is new enough; `make demo` may use another one."""
    name, seen = "python", ".".join(map(str, version))
    if version >= OLDEST:
        return well(name, f"{seen} ({sys.executable})")
    wanted = ".".join(map(str, OLDEST))
    seen = f"{seen} is too old, the shop needs {wanted} or newer"
    others = [each for each in ("uv", "python3.13", "python3.12") if shutil.which(each)]
    if of_the_demo and others:
        return warning(name, seen, f"`make demo` finds {others[0]}; else use .venv/bin/python")
    return broken(name, seen, f"install Python {wanted} or newer")


def packages(*, of_the_demo: bool) -> Finding:
    """Compare what is installed for this Python with what is pinned."""
    name, file = "packages", ROOT / "requirements" / ("demo.txt" if of_the_demo else "base.txt")
    if not file.exists():
        return well(name, f"not compared, as there is no {file.name}")
    missing, others = _compared(file.read_text())
    install = f"pip install --require-hashes -r requirements/{file.name}"
    if missing:
        seen = f"{sys.executable} lacks {some(missing, at_most=_NAMED)}"
        if not of_the_demo:
            return broken(name, seen, install)
        if _IN_A_CHECKOUT.exists():
            return warning(name, seen, ".venv may have them: .venv/bin/python manage.py doctor")
        mend = "`make demo` installs them into .venv; then .venv/bin/python manage.py doctor"
        return warning(name, seen, mend)
    if others:
        mend = "delete .venv, and `make demo` makes it again" if of_the_demo else install
        return warning(name, f"other versions than pinned: {some(others, at_most=_NAMED)}", mend)
    return well(name, f"as requirements/{file.name} pins them")


def make() -> Finding:
    if shutil.which("make"):
        return well("make", "installed")
    mend = "install it, or type what the Makefile does: .venv/bin/python manage.py demo"
    return warning("make", "not installed", mend)


def _compared(pins: str) -> tuple[list[str], list[str]]:
    """Return which of the pinned packages are missing, and which have another version."""
    missing, others = [], []
    for package, version, has_condition in _PIN.findall(pins):
        try:
            found = metadata.version(package)
        except metadata.PackageNotFoundError:
            if not has_condition:  # It may be for another platform.
                missing.append(package)
        else:
            if found != version:
                others.append(f"{package} {found}, not {version}")
    return missing, others
