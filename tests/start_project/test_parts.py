"""The parts that `start_project --without` offers: which go with another, and what is no part."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from apps.start_project.management.commands import start_project
from apps.start_project.parts.offered import PARTS, parts_of
from tests.start_project.copies import ROOT
from tests.support.python import run_python
from tests.support.terminal import of_a_reader


def test_the_lab_goes_with_the_shop() -> None:
    assert [part.name for part in parts_of(["sample-shop"])] == ["sample-shop", "lab"]
    assert parts_of(["lab", "sample-shop", "lab"]) == [PARTS["lab"], PARTS["sample-shop"]]


def test_celery_and_the_lab_go_with_sqs() -> None:
    assert {part.name for part in parts_of(["sqs"])} == {"sqs", "celery", "lab"}


def test_the_command_says_what_went_along(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(start_project, "start_project", lambda *_, **__: None)
    said = StringIO()
    call_command("start_project", "tea_house", tmp_path / "made", "--without=sqs", stdout=said)
    assert "celery and lab went along, which cannot stay without sqs" in said.getvalue()


def test_an_unknown_part_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    made = tmp_path / "made"
    command = ("start_project", "tea_house", str(made), "--without", "the-tea")
    done = run_python("manage.py", *command, env=of_a_reader(), cwd=ROOT)
    assert done.returncode != 0
    assert "invalid choice: 'the-tea'" in done.stderr
    assert not made.exists()


def test_the_lab_alone_has_marks_as_the_page_says() -> None:
    tables = "".join(path.read_text() for path in (ROOT / "apps/start_project/parts").rglob("*.py"))
    assert set(re.findall(r'marked\("(.+?)"\)', tables)) == {"lab"}
    assert "The lab alone has marks" in (ROOT / "docs" / "decisions.md").read_text()
