"""The workflow of GitHub's Actions has the parts that their schema demands, and runs our targets.

No runner is here to try it. GitHub ignores a workflow that is not valid, and tells only who looks.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
OF_A_JOB = {
    *("name", "permissions", "needs", "if", "runs-on", "environment", "concurrency", "outputs"),
    *("env", "defaults", "steps", "timeout-minutes", "strategy", "continue-on-error"),
    *("container", "services", "uses", "with", "secrets"),
}
OF_A_STEP = {
    *("id", "if", "name", "uses", "run", "working-directory", "shell", "with", "env"),
    *("continue-on-error", "timeout-minutes"),
}
"""The keys that GitHub documents; it refuses a workflow with another one."""
PINNED = re.compile(r"[\w.-]+/[\w./-]+@\S+")
"""An action, with the version that is used."""


@pytest.fixture(params=FILES, ids=lambda file: file.name)
def workflow(request: pytest.FixtureRequest) -> dict[str, Any]:
    # YAML 1.1 reads a bare `on` as true.
    loaded: dict[Any, Any] = yaml.safe_load(request.param.read_text())
    return {"on" if key is True else key: value for key, value in loaded.items()}


def steps_of(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_there_is_a_workflow() -> None:
    assert [file.name for file in FILES] == ["ci.yml"]


def test_a_workflow_has_the_parts_that_it_needs(workflow: dict[str, Any]) -> None:
    assert workflow.keys() <= {"name", "on", "permissions", "concurrency", "env", "jobs"}
    assert workflow["on"].keys() <= {"push", "pull_request", "schedule", "workflow_dispatch"}
    assert workflow["jobs"]
    for job in workflow["jobs"].values():
        assert job.keys() <= OF_A_JOB, job.keys() - OF_A_JOB
        assert isinstance(job["runs-on"], str)
        assert job["steps"]


def test_each_step_uses_an_action_or_runs_a_command(workflow: dict[str, Any]) -> None:
    for step in steps_of(workflow):
        assert len(step.keys() & {"uses", "run"}) == 1, step
        assert PINNED.fullmatch(step.get("uses", "an/action@v1")), step
        assert step.keys() <= OF_A_STEP, step


def test_what_a_workflow_runs_is_here(workflow: dict[str, Any]) -> None:
    commands = "\n".join(step.get("run", "") for step in steps_of(workflow))
    files = re.findall(r"^(?:\./)?(\S+/\S+)", commands, re.MULTILINE)
    assert {".ci/run", ".ci/run-slow"} <= {*files}
    assert [file for file in files if not (ROOT / file).is_file()] == []
    scripts = commands + "".join((ROOT / file).read_text() for file in files)
    run = set(re.findall(r"^\s*make ([\w-]+)", scripts, re.MULTILINE))
    assert {"check", "test", "test-slow", "test-browser", "audit"} <= run
    assert run - TARGETS == set()


def test_the_list_of_packages_is_kept_even_if_one_is_vulnerable(workflow: dict[str, Any]) -> None:
    steps = workflow["jobs"]["audit"]["steps"]
    audit = next(n for n, step in enumerate(steps) if step.get("run") == "make audit")
    (keep,) = [step for step in steps[audit:] if "upload-artifact" in step.get("uses", "")]
    assert keep["if"] == "always()"
    assert keep["with"]["if-no-files-found"] == "error"
    assert f"--output-file {keep['with']['path']}\n" in (ROOT / "Makefile").read_text()


def test_a_workflow_asks_for_no_right_to_write(workflow: dict[str, Any]) -> None:
    assert workflow["permissions"] == {"contents": "read"}
