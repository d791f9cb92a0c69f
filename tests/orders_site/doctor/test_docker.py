"""What `manage.py doctor` says of Docker, by a stand-in for its client: tests have no engine."""

import json
from pathlib import Path
from typing import Any

import pytest

from apps.messaging.finding import Finding
from orders_site.doctor import docker

RUNS = {"Service": "web", "State": "running", "ExitCode": 0, "Health": "", "Image": "orders-site"}


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("shutil.which", lambda name: str(tmp_path / name))


def install(folder: Path, *containers: dict[str, Any], compose: str = "2.38.1") -> None:
    (folder / "containers").write_text("".join(f"{json.dumps(each)}\n" for each in containers))
    write(
        folder,
        f"""case "$1 $2" in
            "compose version") echo {compose} ;;
            "compose ps") cat {folder}/containers ;;
            *) echo 28.2.2 ;;
        esac""",
    )


def write(folder: Path, script: str) -> None:
    (folder / "docker").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "docker").chmod(0o755)


def warnings() -> list[Finding]:
    return [each for each in docker.findings() if each.state != "ok"]


def test_a_machine_without_docker_can_run_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    (said,) = docker.findings()
    assert (said.state, said.seen) == ("warning", "not installed")
    assert "`make demo` does not" in said.mend


def test_an_engine_that_does_not_answer_is_named(tmp_path: Path) -> None:
    write(tmp_path, "exit 1")
    assert [each.seen for each in docker.findings()] == ["its engine does not answer"]


def test_an_engine_that_hangs_is_waited_for_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docker, "SECONDS", 0.2)
    write(tmp_path, "exec sleep 60")
    assert [each.seen for each in docker.findings()] == ["its engine does not answer"]


@pytest.mark.parametrize("version", ["2.24.0", "v2.38.1", "3.0.0-desktop.1"])
def test_a_compose_that_is_new_enough_is_well(tmp_path: Path, version: str) -> None:
    install(tmp_path, RUNS, compose=version)
    assert warnings() == []


@pytest.mark.parametrize("version", ["2.23.9", "1.29.2"])
def test_a_compose_that_is_too_old_is_named(tmp_path: Path, version: str) -> None:
    install(tmp_path, compose=version)
    (said,) = warnings()
    assert (said.name, said.seen) == ("compose", f"{version} is too old")


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"State": "exited", "ExitCode": 3}, "exited with code 3"),
        ({"State": "restarting", "ExitCode": 1}, "restarting with code 1"),
        ({"Health": "unhealthy"}, "unhealthy"),
        ({"Image": "sha256:4bcff63911fc"}, "made from an image that was replaced"),
        ({"Image": "4bcff63911fcb4448bd4fdacec207030"}, "made from an image that was replaced"),
    ],
)
def test_a_container_that_is_not_well_is_named(
    tmp_path: Path, change: dict[str, Any], seen: str
) -> None:
    install(tmp_path, RUNS, RUNS | change | {"Service": "celery"})
    (said,) = warnings()
    assert (said.name, said.seen) == ("container celery", seen)
    assert said.mend.startswith("docker compose ")


def test_a_step_that_has_ended_is_well(tmp_path: Path) -> None:
    install(tmp_path, RUNS | {"Service": "migrate", "State": "exited"})
    assert warnings() == []


def test_a_volume_of_another_version_is_thought_of(tmp_path: Path) -> None:
    install(tmp_path, RUNS | {"Service": "postgres", "State": "restarting", "ExitCode": 1})
    (said,) = warnings()
    assert "a volume of another version" in said.mend
