"""`deploy/docker-compose.override.example.yml`: each process runs the working tree, and reloads."""

import json
import shlex
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from typing import Any

import pytest
import yaml
from django.conf import settings

from apps.demo import reloading
from tests.deploy.compose_file import ONCE, OURS, ROOT
from tests.support.terminal import of_a_reader

OVERRIDE = ROOT / "deploy" / "docker-compose.override.example.yml"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(OVERRIDE.read_text())["services"]


def test_each_service_of_ours_has_the_working_tree() -> None:
    assert set(SERVICES) == set(OURS) | ONCE - {"roles", "grants"}
    mounted = {mount.split(":")[0] for each in SERVICES.values() for mount in each["volumes"]}
    assert {f"./{folder}" for folder in reloading.OURS} <= mounted


@pytest.mark.parametrize("name", settings.WORKERS)
def test_each_worker_ends_for_a_changed_file_and_is_started_again(name: str) -> None:
    assert SERVICES[name]["entrypoint"] == ["python", "-m", reloading.__name__]
    assert OURS[name]["restart"] == "unless-stopped"


def test_web_reloads_by_itself() -> None:
    assert SERVICES["web"]["command"].startswith("python manage.py runserver ")


@pytest.mark.parametrize("name", settings.WORKERS)
def test_the_reloader_runs_the_services_own_command(name: str) -> None:
    """What it is given is a module of Python, and not a program that it cannot run in itself."""
    words = shlex.split(OURS[name]["command"])
    module = words[2] if words[:2] == ["python", "-m"] else words[0]
    assert find_spec(module)


def test_the_mounts_cover_what_the_image_runs() -> None:
    """Else a process would have old code of the image beside the new code."""
    image = (ROOT / "deploy" / "Dockerfile").read_text()
    assert image.rpartition("WORKDIR ")[2].split()[0] == "/app"
    for each in SERVICES.values():
        for mount in each["volumes"]:
            source, target, mode = mount.split(":")
            assert (f"/app/{source.removeprefix('./')}", "ro") == (target, mode)


@cache
def as_compose_reads_it(*files: str) -> dict[str, dict[str, Any]]:
    """Return the services of these files, merged by compose itself."""
    named = [word for file in files for word in ("--file", file)]
    command = ["docker", "compose", "--project-directory", ".", *named, "config", "--format=json"]
    said = subprocess.check_output(command, cwd=ROOT, env=of_a_reader(), timeout=60)
    services: dict[str, dict[str, Any]] = json.loads(said)["services"]
    return services


@cache
def has_compose() -> bool:
    if not shutil.which("docker"):
        return False
    asked = subprocess.run(["docker", "compose", "version"], check=False, capture_output=True)
    return asked.returncode == 0


@pytest.mark.parametrize("name", SERVICES)
def test_compose_adds_the_working_tree_and_changes_nothing_else(name: str) -> None:
    if not has_compose():
        pytest.skip("docker compose is not installed")
    alone = as_compose_reads_it("docker-compose.yml")[name]
    changed = as_compose_reads_it("docker-compose.yml", str(OVERRIDE))[name]
    own = {mount["target"] for mount in alone.get("volumes", ())}
    assert own | {"/app/apps", "/app/manage.py"} <= {each["target"] for each in changed["volumes"]}
    variables = changed["environment"].items() - alone["environment"].items()
    assert {variable for variable, _ in variables} <= {"DEBUG", "FORCE_COLOR", "STATIC_ROOT"}
    assert alone["environment"].keys() <= changed["environment"].keys()
    replaced = {"volumes", "environment", "command" if name == "web" else "entrypoint"}
    assert {key for key in changed if changed[key] != alone.get(key)} <= replaced
