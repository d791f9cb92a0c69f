"""`deploy/docker-compose.override.example.yml`: each process runs the working tree, and reloads."""

from typing import Any

import pytest
import yaml
from django.conf import settings

from apps.demo import reloading
from tests.deploy.compose_file import ONCE, OURS, ROOT

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
