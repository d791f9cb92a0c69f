"""`new_event` and `new_job`: what they would write, and what they refuse."""

import ast
import json
import re
import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.scaffold.errors import PlaceMissing, ScaffoldError
from apps.scaffold.new_event import new_event
from apps.scaffold.new_job import new_job
from apps.scaffold.tree import Tree

ROOT = Path(__file__).parents[2]
READ = (
    *("apps", "orders_site", "workers", "deploy"),
    *("docker-compose.yml", ".env.example", ".vscode"),
)
OF_AN_EVENT = {
    ".env.example",
    ".vscode/launch.json",
    "apps/orders/events.py",
    "apps/orders/handlers.py",
    "apps/orders/services.py",
    "deploy/compose.cluster.yml",
    "deploy/docker-compose.override.example.yml",
    "deploy/nats.conf",
    "deploy/prometheus.yml",
    "docker-compose.yml",
    "docs/contracts/examples/events/orders.signed.v1.json",
    "orders_site/conf/worker_processes.py",
    "orders_site/conf/messaging.py",
    "tests/orders/test_orders_signed.py",
    "workers/orders_signed_consumer.py",
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What the edits read, in a folder of its own."""
    for name in READ:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("static"))
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def texts(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_dry_run_prints_a_patch_and_writes_nothing() -> None:
    output = StringIO()
    call_command("new_event", "orders.signed", "--app", "orders", "--dry-run", stdout=output)
    written = set(re.findall(r"^\+\+\+ b/(.+)$", output.getvalue(), re.MULTILINE))
    assert written == OF_AN_EVENT | {
        "docs/contracts/README.md",
        "docs/contracts/asyncapi.json",
        "docs/contracts/events/orders.signed.v1.json",
        "docs/rights.md",
    }
    assert "+class OrderSigned(Event):" in output.getvalue()
    assert not (ROOT / "workers" / "orders_signed_consumer.py").exists()


def test_all_modules_are_python_and_all_policies_json() -> None:
    for tree in (new_event(ROOT, "orders.signed", "orders"), new_job(ROOT, "labels", "orders")):
        for path, text in tree.changed().items():
            if path.endswith(".py"):
                ast.parse(text)
            if path.endswith(".json"):
                json.loads(text)
            assert "{{" not in text


def test_the_edits_are_those_that_were_said(copy: Path) -> None:
    before = texts(copy)
    tree = new_event(copy, "orders.signed", "orders")
    assert texts(copy) == before
    assert set(tree.save()) == OF_AN_EVENT
    changed = {path for path, text in texts(copy).items() if before.get(path) != text}
    assert {path.relative_to(copy).as_posix() for path in changed} == OF_AN_EVENT


def test_a_second_run_names_what_is_there(copy: Path) -> None:
    new_event(copy, "orders.signed", "orders").save()
    new_job(copy, "labels", "orders").save()
    with pytest.raises(ScaffoldError, match=r"OrderSigned is in apps/orders/events\.py"):
        new_event(copy, "orders.signed", "orders")
    with pytest.raises(ScaffoldError, match=r"LabelsJob is in apps/orders/contract\.py"):
        new_job(copy, "labels", "orders")


def test_a_second_event_of_an_app_stands_beside_the_first(copy: Path) -> None:
    new_event(copy, "orders.signed", "orders").save()
    new_event(copy, "orders.sealed", "orders").save()
    handlers = (copy / "apps/orders/handlers.py").read_text()
    *_, first, second = re.findall(r"^(\w+) = Consumer", handlers, re.MULTILINE)
    assert (first, second) == ("ORDERS_SIGNED", "ORDERS_SEALED")
    assert handlers.count("logger = ") == 1


def test_a_place_that_is_missing_is_named_and_nothing_is_written(copy: Path) -> None:
    rights = copy / "deploy" / "nats.conf"
    rights.write_text(rights.read_text().replace("user: celery,", "user: sellerie,"))
    before = texts(copy)
    with pytest.raises(PlaceMissing, match=r"deploy/nats\.conf: the user celery was looked for"):
        new_event(copy, "orders.signed", "orders")
    (copy / "docker-compose.yml").unlink()
    with pytest.raises(PlaceMissing, match=r"docker-compose\.yml is missing"):
        new_job(copy, "labels", "orders")
    assert texts(copy).keys() == before.keys() - {copy / "docker-compose.yml"}


@pytest.mark.parametrize(
    ("command", "name", "app", "said"),
    [
        ("new_event", "orders", "orders", "is no subject like orders.shipped"),
        ("new_event", "orders.Signed", "orders", "is no subject"),
        ("new_event", "orders.class", "orders", "a word of Python"),
        ("new_event", "orders.signed", "catalog", "the stream of another app: give --app orders"),
        ("new_event", "vans.left", "orders", "no stream stores vans.left"),
        ("new_event", "orders.placed", "orders", "OrderPlaced is in apps/orders/events.py already"),
        ("new_event", "orders.signed", "messaging", "is no app of the shop"),
        ("new_job", "Labels", "orders", "is no queue like invoice"),
        ("new_job", "jobs", "orders", "the queue jobs is there already: apps.images.jobs.QUEUE"),
        ("new_job", "labels", "vans", "is no app of the shop"),
    ],
)
def test_a_name_that_does_not_fit_is_refused_in_one_line(
    command: str, name: str, app: str, said: str
) -> None:
    with pytest.raises(CommandError, match=re.escape(said)) as refused:
        call_command(command, name, "--app", app)
    assert "\n" not in str(refused.value)


def test_a_module_that_would_be_too_long_is_refused(tmp_path: Path) -> None:
    (tmp_path / "long.py").write_text("pass\n" * 200)
    tree = Tree(tmp_path, {})
    tree.edit("long.py", lambda text: f"{text}pass\n")
    with pytest.raises(ScaffoldError, match=r"long\.py would have 201 lines, of 200"):
        tree.check_lengths()
