"""The arrows of docs/decisions.md: who may import whom, also inside functions."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

FLOORS = [
    {"messaging"},
    {"images"},
    {"catalog"},
    {"pricing"},
    {"orders"},
    {"fulfilment", "notifications", "sales"},
    {"demo", "lab"},
]
FLOOR_OF = {app: number for number, floor in enumerate(FLOORS) for app in floor}
BROKER_PACKAGES = {"nats", "boto3", "botocore"}
CELERY_PACKAGES = {"celery", "kombu"}
# An app's doors to the outside, and what other apps may come in by.
DOORS = {"services", "queries", "events", "contract", "client", "errors", "retail_csv", "lines"}
ENTRY_POINTS = {"api", "urls", "views", "admin", "handlers", "jobs", "tasks", "responders"}


def modules(*folders: str) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts
    )


def imported(path: Path) -> Iterator[str]:
    """Yield every module or name that a file imports, dotted; relative ones made absolute."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = node.module or ""
            if node.level:
                above = path.relative_to(ROOT).parts[: -node.level]
                package = ".".join([*above, *([package] if package else [])])
            yield from (f"{package}.{name.name}" for name in node.names)


def app_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[1]


def arrows(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (app, first module in it) for each import of one of our apps."""
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "apps" and len(parts) > 1:
            yield parts[1], parts[2] if len(parts) > 2 else ""


@pytest.mark.parametrize("path", modules("apps"), ids=str)
def test_no_app_imports_one_above_or_beside_it(path: Path) -> None:
    app = app_of(path)
    wrong = [
        other
        for other, _ in arrows(path)
        if other != app and other in FLOOR_OF and FLOOR_OF[other] >= FLOOR_OF[app]
    ]
    assert not wrong


def test_every_app_has_a_floor() -> None:
    apps = {path.name for path in (ROOT / "apps").iterdir() if (path / "apps.py").exists()}
    assert apps - set(FLOOR_OF) == set()


@pytest.mark.parametrize("path", modules("apps"), ids=str)
def test_only_messaging_knows_the_brokers(path: Path) -> None:
    # The embedded servers are the demo's own business, but not their clients.
    if app_of(path) == "messaging":
        return
    assert not {name.split(".")[0] for name in imported(path)} & BROKER_PACKAGES


@pytest.mark.parametrize("path", modules("apps", "workers"), ids=str)
def test_celery_is_known_to_tasks_alone(path: Path) -> None:
    if path.name == "tasks.py":
        return
    assert not {name.split(".")[0] for name in imported(path)} & CELERY_PACKAGES


@pytest.mark.parametrize("path", modules("apps"), ids=str)
def test_no_app_imports_another_apps_models(path: Path) -> None:
    app = app_of(path)
    wrong = [
        f"{other}.{module}" for other, module in arrows(path) if other != app and module == "models"
    ]
    # Liveness rows and dead letters are messaging's; its constants are reached through it.
    assert [name for name in wrong if not name.startswith("messaging.")] == []


@pytest.mark.parametrize("path", modules("apps"), ids=str)
def test_services_know_no_door(path: Path) -> None:
    if path.name not in {"services.py", "queries.py", "models.py", "events.py", "contract.py"}:
        return
    app = app_of(path)
    reached = {module for other, module in arrows(path) if other == app}
    assert not reached & ENTRY_POINTS


@pytest.mark.parametrize("path", modules("apps", "workers", "orders_site"), ids=str)
def test_the_lab_and_the_demo_can_be_deleted(path: Path) -> None:
    if path.relative_to(ROOT).parts[:2] in {("apps", "demo"), ("apps", "lab")}:
        return
    assert not {other for other, _ in arrows(path)} & {"demo", "lab"}


@pytest.mark.parametrize("path", modules("apps", "orders_site"), ids=str)
def test_nothing_imports_a_worker(path: Path) -> None:
    assert not {name for name in imported(path) if name.split(".")[0] == "workers"}


@pytest.mark.parametrize("path", modules("apps", "workers", "orders_site"), ids=str)
def test_every_module_opens_with_a_sentence(path: Path) -> None:
    text = path.read_text()
    assert not text.strip() or ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", modules("apps", "workers", "orders_site"), ids=str)
def test_no_import_hides_inside_a_function(path: Path) -> None:
    tree = ast.parse(path.read_text())
    functions = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    hidden = [
        node.lineno
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []
