"""A copy without a part: nothing that stays names what went, and what is left checks."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from apps.start_project.parts.offered import PARTS, parts_of
from apps.start_project.parts.part import Part
from tests.start_project.copies import ROOT, content_of, copy_without, texts_of
from tests.start_project.fixtures import lost_fixtures
from tests.test_pages import PATH, YET_TO_BE_MADE, broken_links

ALL = "all of them"
TRACES = {
    "celery": r"celery|kombu|\bbeat\b",
    "lab": r"\blabs?\b|\blab_(?!outcome)|_lab\b",
    "request-reply": r"request.reply|(?<!No)responder(?!s?Error)|price\.lookup|price_lookup",
    "sample-shop": (
        r"apps[./](?:catalog|fulfilment|images|notifications|orders|pricing|sales)\b"
        r"|\b(?:a|the|this) shop\b|image_resizer|price_responder|PHOTO_|PRICE_"
    ),
    "sqs": r"\bsqs\b|_sqs|sqs_|JobQueue|messaging[./]jobs|new_job|QUEUE_PREFIX|AWS_PORT",
}
"""Part → the words of which none is left. A key in a test's session is no word of the lab, and
`NoRespondersError` is one of nats-py."""
MADE_AGAIN = {"deploy/iam/web.json", "docs/contracts"}
"""Paths of a part that a copy without it has too, with what is left."""
OURS = ("apps", "tea_house", "workers", "tests", "bench")


def chosen(name: str) -> list[Part]:
    return parts_of(PARTS if name == ALL else [name])


@pytest.fixture(scope="module", params=[*PARTS, *([ALL] if len(PARTS) > 1 else [])])
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(scope="module")
def copy(name: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_without(chosen(name), "tea_house", tmp_path_factory.mktemp("without"))


@dataclass(frozen=True)
class Module:
    """The names that a module gives, and module and name of each import of ours in it."""

    names: frozenset[str]
    imports: frozenset[tuple[str, str]]


@cache
def modules_of(copy: Path) -> dict[str, Module]:
    """Return path → module, of all modules of ours."""
    paths = chain.from_iterable((copy / folder).rglob("*.py") for folder in OURS)
    return {path.relative_to(copy).as_posix(): module_of(path.read_text()) for path in paths}


@cache
def module_of(text: str) -> Module:
    """Read the text once: most modules are the same in each copy."""
    nodes = list(ast.walk(ast.parse(text)))
    return Module(frozenset(names_of(nodes)), frozenset(imports_of(nodes)))


def names_of(nodes: Sequence[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
                | ast.TypeAlias(name=ast.Name(id=name))
                | ast.Name(id=name, ctx=ast.Store())
            ):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (each.asname or each.name for each in names)


def imports_of(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, str]]:
    """Yield module and name of each `from module import name` of ours."""
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module.partition(".")[0] in OURS:
                yield from ((node.module, each.name) for each in node.names)
        elif isinstance(node, ast.Import):
            yield from ((each.name, "") for each in node.names if each.name.startswith("apps."))


def dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def is_there(modules: dict[str, frozenset[str]], module: str, name: str) -> bool:
    if f"{module}.{name}" in modules or (not name and module in modules):
        return True
    return module in modules and name in modules[module] | {"*"}


def test_each_import_leads_to_what_is_there(copy: Path) -> None:
    modules = {dotted(path): each.names for path, each in modules_of(copy).items()}
    lost = {
        f"{path}: {module} {name}"
        for path, each in modules_of(copy).items()
        for module, name in each.imports
        if not is_there(modules, module, name)
    }
    assert len(modules) > 300
    assert lost == set()


def test_each_fixture_that_a_test_asks_for_is_there(copy: Path) -> None:
    assert lost_fixtures(copy, ROOT) == set()


def test_each_link_and_each_path_of_a_page_leads_to_what_is_there(copy: Path) -> None:
    broken: list[str] = []
    for page in copy.rglob("*.md"):
        text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
        named = [path for path in PATH.findall(text) if not YET_TO_BE_MADE.search(path)]
        broken += broken_links(page)
        broken += [path for path in named if not list(copy.glob(path))]
    assert broken == []


def test_each_app_that_a_command_names_is_there(copy: Path) -> None:
    texts = texts_of(copy).items()
    named = {(app, path) for path, text in texts for app in re.findall(r"--app (\w+)", text)}
    assert "docs/extending.md" in {path for _, path in named}
    assert [each for each in named if not (copy / "apps" / each[0] / "apps.py").exists()] == []


def test_nothing_that_is_left_speaks_of_it(copy: Path, name: str) -> None:
    traces = re.compile("|".join(TRACES[part.name] for part in chosen(name)), re.IGNORECASE)
    speaking = {
        path: found[0]
        for path, text in texts_of(copy).items()
        if not path.startswith((".started-from", "requirements/", "LICENSE"))
        if (found := traces.search(text))
    }
    assert speaking == {}


def test_its_files_are_gone_and_all_others_are_there(copy: Path, name: str) -> None:
    there = {path.replace("tea_house", "orders_site") for path in content_of(copy)}
    gone = [path for part in chosen(name) for path in part.paths]
    assert {path for path in gone if list(copy.glob(path))} - MADE_AGAIN == set()
    added = tuple(f"{folder}/" for part in chosen(name) for folder in part.added)
    changed = {path for part in chosen(name) for path in part.cuts}
    missing = [each for each in changed - there if not each.startswith((*gone, *added))]
    assert missing == []
    assert "docs/index.md" in there


def test_ruff_finds_nothing_to_change(copy: Path) -> None:
    for command in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--quiet", "--no-cache", "."]
        done = subprocess.run(ruff, check=False, cwd=copy, capture_output=True, text=True)
        assert (done.stdout, done.returncode) == ("", 0)


def test_the_stamp_names_what_was_left_out(copy: Path, name: str) -> None:
    names = ", ".join(f'"{each}"' for each in sorted(part.name for part in chosen(name)))
    assert (copy / ".started-from").read_text().splitlines()[-1] == f"without = [{names}]"


@pytest.mark.parametrize("name", ["sample-shop"], indirect=True)
def test_the_example_takes_the_place_of_the_shop(copy: Path) -> None:
    """Each file of it, and each page that is written for a project without the shop."""
    for folder in PARTS["sample-shop"].added:
        for file in (path for path in (ROOT / folder).rglob("*") if path.is_file()):
            if "__pycache__" not in file.parts:
                assert (copy / renamed_in(file.relative_to(ROOT / folder))).exists()
    assert not (copy / "docs" / "example").exists()
    assert "parcels" in (copy / "README.md").read_text()


def renamed_in(path: Path) -> Path:
    return Path(str(path).replace("orders_site", "tea_house"))


def test_every_part_has_words_to_look_for() -> None:
    assert set(TRACES) == set(PARTS)
