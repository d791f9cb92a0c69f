"""The names of attributes are those of the installed conventions, or have the project's prefix."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from opentelemetry.semconv import attributes as stable
from opentelemetry.semconv._incubating import attributes as in_development

from apps.messaging import tracing
from apps.messaging.names import PREFIX
from apps.messaging.tracing import described

NAME = re.compile(r"[a-z_]+(?:\.[a-z_]+)+")


def in_the_conventions(package: ModuleType) -> Iterator[str]:
    for found in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{found.name}")
        yield from (each for each in vars(module).values() if isinstance(each, str))


def in_our_code() -> Iterator[str]:
    for file in Path(*tracing.__path__).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from NAME.findall(node.value) if NAME.fullmatch(node.value) else ()


def test_each_attribute_in_a_namespace_of_the_conventions_is_theirs() -> None:
    theirs = {*in_the_conventions(stable), *in_the_conventions(in_development)}
    namespaces = {name.partition(".")[0] for name in theirs if NAME.fullmatch(name)}
    ours = {name for name in in_our_code() if name.partition(".")[0] in namespaces}
    assert {"messaging.system", "http.route", "server.address", "service.name"} <= ours
    assert ours - theirs == set()


def test_attributes_of_our_own_have_the_projects_prefix() -> None:
    own = (described.KEY, described.ATTEMPT, described.STREAM, described.SEQUENCE)
    assert all(name.startswith(f"{PREFIX}.") for name in own)
