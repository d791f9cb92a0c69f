"""The container for editors, the hooks before a commit, and the form of the changelog."""

import json
import re
import shlex
from datetime import date
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
CONTAINER: dict[str, Any] = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
TARGETS = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
"""Of Keep a Changelog, in its order."""


def test_the_container_for_editors_is_one_more_service_beside_the_shops() -> None:
    files = [ROOT / ".devcontainer" / each for each in CONTAINER["dockerComposeFile"]]
    shop, own = (yaml.safe_load(file.read_text()) for file in files)
    assert own.keys() <= shop.keys() | {"services"}
    assert own["services"].keys() == {CONTAINER["service"]} == {*CONTAINER["runServices"]}
    assert own["services"].keys().isdisjoint(shop["services"])
    (service,) = own["services"].values()
    # Paths are relative to the first file, whose folder is the repository.
    mounts = [volume.split(":") for volume in service["volumes"]]
    assert [".", CONTAINER["workspaceFolder"]] in mounts
    python = (ROOT / ".python-version").read_text().strip()
    assert f"python:{python}-" in service["image"]


def test_the_container_for_editors_makes_what_is_there() -> None:
    made = re.findall(r"make ([\w-]+)", CONTAINER["postCreateCommand"])
    assert made == ["install"]
    assert {*made} <= TARGETS


def test_each_hook_runs_what_is_here() -> None:
    repositories = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert [each["repo"] for each in repositories] == ["local"]
    hooks = [hook for each in repositories for hook in each["hooks"]]
    assert len({hook["id"] for hook in hooks}) == len(hooks) > 0
    for hook in hooks:
        assert hook.keys() >= {"id", "name", "entry", "language"}
        program, *arguments = shlex.split(hook["entry"])
        assert hook["language"] == "system"
        assert program in {".venv/bin/ruff", ".venv/bin/python"}
        assert [each for each in arguments if "/" in each and not (ROOT / each).exists()] == []


def test_the_changelog_has_the_form_that_it_names() -> None:
    assert "https://keepachangelog.com/en/1.1.0/" in CHANGELOG
    versions = re.split(r"^## ", CHANGELOG, flags=re.MULTILINE)[1:]
    assert versions[0].startswith("[Unreleased]\n")
    for version in versions[1:]:
        found = re.match(r"\[\d+\.\d+\.\d+\] - (\d{4}-\d\d-\d\d)\n", version)
        assert found, version[:40]
        date.fromisoformat(found[1])
    for version in versions:
        kinds = re.findall(r"^### (.+)$", version, re.MULTILINE)
        assert kinds == [kind for kind in KINDS if kind in kinds]
        for entries in re.split(r"^### .+$", version, flags=re.MULTILINE)[1:]:
            lines = [line for line in entries.splitlines() if line]
            assert lines, "a kind without an entry"
            assert [line for line in lines if not line.startswith(("- ", "  "))] == []
