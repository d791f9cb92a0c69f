"""`.env.example` names every variable that is read, and nothing else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from orders_site.conf.demo_defaults import WAYS

ROOT = Path(__file__).parents[3]
READERS = (
    "settings.py",
    "conf/demo_defaults.py",
    "conf/picture_storage.py",
    "conf/links.py",
    "conf/retries.py",
    "conf/pruning.py",
    "conf/longest_times.py",
    "conf/traces.py",
    "conf/web_security.py",
)

OF_OTHERS = {"DJANGO_SETTINGS_MODULE", "FORCE_COLOR", "NO_COLOR", "PGSSLMODE"}
"""Variables of Django, terminals and PostgreSQL's library; ours are read in the settings."""


def named_in_the_example() -> set[str]:
    text = (ROOT / ".env.example").read_text()
    return set(re.findall(r"^#?([A-Z][A-Z0-9_]*)=", text, re.MULTILINE))


def read_by_the_settings(name: str) -> Iterator[str]:
    """Yield the first argument of each `env.something("NAME", ...)`."""
    for node in ast.walk(ast.parse((ROOT / "orders_site" / name).read_text())):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="env")),
                args=[ast.Constant(value=str(variable)), *_],
            ):
                yield variable


def asked_for_by_compose() -> set[str]:
    return set(re.findall(r"\$\{([A-Z0-9_]+)", (ROOT / "docker-compose.yml").read_text()))


def test_the_example_names_every_variable_and_no_other() -> None:
    read = {variable for reader in READERS for variable in read_by_the_settings(reader)}
    read |= {f"DEMO_{variable}" for variable in WAYS}
    assert {"DEMO", "MEDIA_BUCKET"} <= read
    assert named_in_the_example() == read | asked_for_by_compose()


def sources() -> list[Path]:
    folders = ("apps", "orders_site", "workers")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    # In a copy without a part these stand in the place of others, tests too.
    return [path for path in found if "instead" not in path.parts]


def read_directly(path: Path) -> Iterator[str]:
    """Yield each name of `os.environ.get("NAME")`, `os.environ["NAME"]`, `os.getenv("NAME")`."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case (
                ast.Call(
                    func=ast.Attribute(value=ast.Attribute(attr="environ"), attr="get" | "pop"),
                    args=[ast.Constant(value=str(variable)), *_],
                )
                | ast.Call(
                    func=ast.Attribute(attr="getenv"),
                    args=[ast.Constant(value=str(variable)), *_],
                )
                | ast.Subscript(
                    value=ast.Attribute(attr="environ"),
                    slice=ast.Constant(value=str(variable)),
                    ctx=ast.Load(),
                )
            ):
                yield variable


def test_only_the_settings_read_the_environment() -> None:
    reading = re.compile(r"\bEnvironment\(|\bos\.getenv")
    assert {path.name for path in sources() if reading.search(path.read_text())} == {"settings.py"}
    assert {name for path in sources() for name in read_directly(path)} == OF_OTHERS
