"""The arrows of docs/decisions.md: which app may import which, also inside functions."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

OURS = ("apps", "orders_site", "workers")
FLOORS = [
    {"messaging"},
    {"images"},
    {"catalog"},
    {"pricing"},
    {"orders"},
    {"fulfilment", "notifications", "sales"},
    {
        "scaffold",
        "demo",
        "lab",
        "start_project",
    },
]
MESSAGING_FLOORS = [
    {
        "backoff",
        "errors",
        "names",
        "control_characters",
        "finding",
        "kept_file",
        "leases",
        "message_at",
        "text_table",
        "checks",
        "outbox_indexes",
        "stream_check",
    },
    {"hooks"},
    {"models"},
    {"message", "admin_lists", "worker"},
    {"handling", "brokers", "tracing"},
    {"pubsub", "events", "jobs"},
    {"by_hand"},  # lab
    {"request_reply", "outbox"},
    {"recovery", "contracts", "metrics"},
    {"operations"},
    {"admin", "apps", "doctor", "management", "tasks", "testing"},
]
"""The folders and the loose files of `apps/messaging`, the lowest first."""
SITE_FLOORS = [
    {"conf"},
    {"settings", "http"},
    {"checks"},
    {"celery"},
    {"api", "apps", "command_line", "doctor", "wsgi"},
    {"management", "rsgi", "urls"},
]
"""The folders and the entry points of `orders_site`, the lowest first."""
MOST_FILES_OF_THE_SITE = 8
"""At the top of `orders_site` are entry points alone: what a server or a command names."""
FLOOR_OF = {app: number for number, floor in enumerate(FLOORS) for app in floor}
BROKER_PACKAGES = {"nats", "boto3", "botocore"}
CELERY_PACKAGES = {"celery", "kombu"}
CELERYS_OPTIONS = ROOT / "orders_site" / "conf" / "celery_options.py"
"""It reads the options of Celery's command line, to find their variables in the environment."""
DELETABLE = {
    "demo",
    "lab",
    "scaffold",
    "start_project",
}
# Where an app is entered: over HTTP, by an event, a request, a job, a task.
DOORS = {"api", "urls", "views", "admin", "handlers", "responders", "jobs", "previews", "tasks"}
# docs/traps.md says of each what it would do here.
KEPT_OUT = [
    ".thumbnail(",
    "DatabaseCache",
    "FETCH_PEERS",
    "MessageGroupId",
    "Nats-Expected-",
    "allow_batched",
    "create_key_value",
    "django.tasks",
    "jetstream.subscribe(",
    "js.subscribe(",
    "message_attributes=",
    "msg_ttl=",
    "object_store",
    "ordered_consumer",
    "routing_key",
    "update_stream(name",
    "worker_deduplicate_successful_tasks",
    "unsubscribe(limit",
    "worker_eta_task_limit",
]
# A module of this name runs what the word promises, beside the outbox, or prints it.
SHOWN = {
    ("MessageGroupId", "fifo"),
    ("allow_batched", "nats_stream_info"),
    ("django.tasks", "django_tasks"),
}
CAMEL_CASE = re.compile(r"_?[A-Z][a-z]\w*")
LONGEST_FILE = 200
LONGEST_FUNCTION = 30
"""Lines of a function besides its docstring, which may list units and errors at length."""
LONGER_FUNCTIONS = {("bench/figures/relay.py", "_rows"): "a table, with a row for each comparison"}
"""File and function → why it reads better whole."""
INNER_FILES = {"services.py", "queries.py", "models.py", "events.py", "contract.py"}


@cache
def modules(*folders: str) -> list[Path]:
    """Return the modules that run here; those in a folder `instead` run elsewhere."""
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if not {"migrations", "instead"} & {*path.parts}
    )


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def imported(path: Path) -> list[str]:
    """Return every module or name that a file imports, dotted; relative ones made absolute."""
    found: list[str] = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = node.module or ""
            if node.level:
                above = path.relative_to(ROOT).parts[: -node.level]
                package = ".".join([*above, *([package] if package else [])])
            found += [f"{package}.{name.name}" for name in node.names]
    return found


def packages(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


def app_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[1]


def arrows(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (app, first module in it) for each import of one of our apps."""
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "apps" and len(parts) > 1:
            yield parts[1], parts[2] if len(parts) > 2 else ""


def lines_of(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def lines_of_code(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    has_docstring = ast.get_docstring(function) is not None
    return lines_of(function) - (lines_of(function.body[0]) if has_docstring else 0)


def long_functions(path: Path) -> list[str]:
    return [
        node.name
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and lines_of_code(node) > LONGEST_FUNCTION
    ]


def wrong_files(paths: list[Path], is_wrong: Callable[[Path], object]) -> dict[str, object]:
    """Return file → its errors."""
    return {str(path.relative_to(ROOT)): wrong for path in paths if (wrong := is_wrong(path))}


def check_floors(package: str, floors: list[set[str]]) -> None:
    """Fail if a folder or file of the package imports one of its own floor or a higher one."""
    floor_of = {part: number for number, floor in enumerate(floors) for part in floor}
    folder = package.replace(".", "/")

    def part_of(path: Path) -> str:
        return path.relative_to(ROOT / folder).parts[0].removesuffix(".py")

    def upwards(path: Path) -> list[str]:
        own = part_of(path)
        inside = [name for name in imported(path) if name.startswith(f"{package}.")]
        parts = [name.removeprefix(f"{package}.").partition(".")[0] for name in inside]
        return [part for part in parts if part != own and floor_of[part] >= floor_of[own]]

    paths = [path for path in modules(folder) if part_of(path) != "__init__"]
    assert {part_of(path) for path in paths} == set(floor_of)
    assert wrong_files(paths, upwards) == {}


@cache
def known_modules() -> frozenset[str]:
    return frozenset(dotted(path) for path in modules(*OURS))


def dotted(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


def imported_modules(path: Path) -> set[str]:
    """Return which of our modules a file imports; of `from a.b import c` a.b.c, or else a.b."""
    names = list(imported(path))
    found = {*names, *(name.rpartition(".")[0] for name in names if name not in known_modules())}
    return found & known_modules() - {dotted(path)}


def test_the_tree_is_found() -> None:
    assert len(modules("apps")) > 50


def test_every_app_has_a_floor() -> None:
    apps = {path.name for path in (ROOT / "apps").iterdir() if (path / "apps.py").exists()}
    assert apps <= set(FLOOR_OF)


def test_no_app_imports_one_above_or_beside_it() -> None:
    def upwards(path: Path) -> list[str]:
        own = app_of(path)
        return [
            app
            for app, _ in arrows(path)
            if app != own and app in FLOOR_OF and FLOOR_OF[app] >= FLOOR_OF.get(own, 99)
        ]

    assert wrong_files(modules("apps"), upwards) == {}


def test_no_folder_of_messaging_imports_one_above_or_beside_it() -> None:
    check_floors("apps.messaging", MESSAGING_FLOORS)


def test_no_folder_of_the_site_imports_one_above_or_beside_it() -> None:
    check_floors("orders_site", SITE_FLOORS)


def test_only_entry_points_lie_at_the_top_of_the_site() -> None:
    assert len(list((ROOT / "orders_site").glob("*.py"))) <= MOST_FILES_OF_THE_SITE


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {dotted(path): imported_modules(path) for path in modules(*OURS)}
    assert list(TopologicalSorter(graph).static_order())  # Raises `CycleError`, which names it.


def test_only_messaging_knows_the_brokers() -> None:
    outside = [path for path in modules("apps", "workers") if app_of(path) != "messaging"]
    assert wrong_files(outside, lambda path: packages(path) & BROKER_PACKAGES) == {}


def test_only_tasks_and_the_sites_celery_know_celery() -> None:
    def may(path: Path) -> bool:
        of_the_site = path.is_relative_to(ROOT / "orders_site" / "celery")
        return of_the_site or path.name == "tasks.py" or path == CELERYS_OPTIONS

    outside = [path for path in modules(*OURS) if not may(path)]
    assert wrong_files(outside, lambda path: packages(path) & CELERY_PACKAGES) == {}


def test_no_app_imports_another_apps_models() -> None:
    def models(path: Path) -> list[str]:
        return [
            app
            for app, module in arrows(path)
            if module == "models" and app not in {app_of(path), "messaging"}
        ]

    assert wrong_files(modules("apps"), models) == {}


def types_named_by(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the names that these statements give to classes, and to aliases of types."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.TypeAlias):
            yield node.name.id
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [each.id for each in targets if isinstance(each, ast.Name)]
            yield from (name for name in names if CAMEL_CASE.fullmatch(name))


def test_no_two_classes_have_one_name() -> None:
    """A reader need not look which of two classes a name stands for.

    A class inside another is always named with its owner, as `Order.Status`. So only its own name
    may not be that of a class outside, which is named alone.
    """
    files: dict[str, set[str]] = {}
    twice: dict[str, set[str]] = {}
    for path in modules(*OURS):
        for name in types_named_by(tree_of(path).body):
            twice_in = twice if name in files else files
            twice_in.setdefault(name, set()).add(str(path.relative_to(ROOT)))
    for path in modules(*OURS):
        for owner in ast.walk(tree_of(path)):
            if isinstance(owner, ast.ClassDef):
                for name in {each.name for each in owner.body if isinstance(each, ast.ClassDef)}:
                    if name in files:
                        twice.setdefault(name, set()).add(str(path.relative_to(ROOT)))
    # Django finds each `Command` by its name; `Status` is a name in the schema of the API.
    for name in ("Command", "Status"):
        twice.pop(name, None)
    assert {name: files[name] | where for name, where in twice.items()} == {}


def test_each_folder_of_messaging_says_its_limits_and_its_first_file() -> None:
    messaging = ROOT / "apps" / "messaging"
    of_django = {messaging / "management", messaging / "migrations"}
    folders = {each.parent for each in messaging.glob("*/__init__.py")} - of_django

    def missing(path: Path) -> list[str]:
        card = " ".join((ast.get_docstring(tree_of(path)) or "").split())
        return [each for each in ("Do not use it", "Read `") if each not in card]

    on_a_floor = {messaging / name for floor in MESSAGING_FLOORS for name in floor}
    assert folders == {each for each in on_a_floor - of_django if each.is_dir()}
    assert wrong_files([each / "__init__.py" for each in sorted(folders)], missing) == {}


def test_services_and_queries_import_no_views_or_api() -> None:
    def doors(path: Path) -> set[str]:
        return {module for app, module in arrows(path) if app == app_of(path)} & DOORS

    inner = [path for path in modules("apps") if path.name in INNER_FILES]
    assert wrong_files(inner, doors) == {}


def test_no_other_app_imports_one_that_can_be_deleted() -> None:
    others = [path for path in modules(*OURS) if app_of(path) not in DELETABLE]
    assert wrong_files(others, lambda path: {app for app, _ in arrows(path)} & DELETABLE) == {}


def test_the_test_kit_is_for_tests_alone() -> None:
    kit = ROOT / "apps" / "messaging" / "testing"
    others = [path for path in modules(*OURS) if not path.is_relative_to(kit)]

    def of_tests(path: Path) -> list[str]:
        for_tests = ("pytest", "django.test", "apps.messaging.testing", "tests.")
        return [name for name in imported(path) if name.startswith(for_tests)]

    assert wrong_files(others, of_tests) == {}


def test_nothing_imports_a_worker() -> None:
    paths = modules("apps", "orders_site")
    assert wrong_files(paths, lambda path: packages(path) & {"workers"}) == {}


def test_no_app_imports_the_site() -> None:
    assert wrong_files(modules("apps"), lambda path: packages(path) & {"orders_site"}) == {}


def test_the_acceptance_suite_imports_no_product_code() -> None:
    ours = {"apps", "workers", "orders_site", "django"}
    assert wrong_files(modules("tests/acceptance"), lambda path: packages(path) & ours) == {}


def test_every_module_opens_with_a_sentence() -> None:
    def silent(path: Path) -> bool:
        return bool(tree_of(path).body) and not ast.get_docstring(tree_of(path))

    assert wrong_files(modules(*OURS, "bench"), silent) == {}


def test_every_public_name_of_messaging_has_a_docstring() -> None:
    """Methods of a class with a base are excepted: the base may document them."""

    def without(path: Path) -> list[str]:
        body = tree_of(path).body
        classes = [node for node in body if isinstance(node, ast.ClassDef)]
        methods = [each for node in classes if not node.bases for each in node.body]
        public = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        return [
            node.name
            for node in (*body, *methods)
            if isinstance(node, public) and not node.name.startswith("_")
            if node.name != "Command" and not ast.get_docstring(node)
        ]

    assert wrong_files(modules("apps/messaging"), without) == {}


def test_every_file_is_short() -> None:
    def too_long(path: Path) -> bool:
        return len(path.read_text().splitlines()) > LONGEST_FILE

    assert wrong_files(modules(*OURS, "bench"), too_long) == {}


def test_every_function_is_short() -> None:
    """But for those of `LONGER_FUNCTIONS`, which are still long where their files are."""
    found = {
        (str(path.relative_to(ROOT)), name)
        for path in modules(*OURS, "bench")
        for name in long_functions(path)
    }
    assert found == {each for each in LONGER_FUNCTIONS if (ROOT / each[0]).exists()}


def test_no_import_hides_inside_a_function() -> None:
    def hidden(path: Path) -> list[int]:
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        return [
            node.lineno
            for function in ast.walk(tree_of(path))
            if isinstance(function, functions)
            for node in ast.walk(function)
            if isinstance(node, ast.Import | ast.ImportFrom)
        ]

    assert wrong_files(modules(*OURS, "bench"), hidden) == {}


def test_no_branch_is_decided_before_the_code_runs() -> None:
    """`if False` and `x if True else y` are left from a trial: one of the two halves is dead."""

    def decided(path: Path) -> list[int]:
        return [
            node.lineno
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.If | ast.IfExp) and isinstance(node.test, ast.Constant)
        ]

    assert wrong_files(modules(*OURS, "bench", "examples", "tests"), decided) == {}


@pytest.mark.parametrize("word", KEPT_OUT)
def test_no_code_uses_what_the_trap_table_forbids(word: str) -> None:
    users = [path.stem for path in modules(*OURS) if word in path.read_text()]
    assert [user for user in users if (word, user) not in SHOWN] == []
