"""With the profile `observe`, the Prometheus in its container reaches every process of the shop."""

import json
import subprocess
import uuid
from collections.abc import Iterator

import pytest
import yaml

from tests.acceptance.compose import ROOT, Project, engine_answers
from tests.support.ports import free_port
from tests.support.waiting import eventually

VIEWER = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["observe"]
ASK = "import sys, urllib.request as r; print(r.urlopen(sys.argv[1], timeout=60).read().decode())"
FIGURES = yaml.safe_load((ROOT / "deploy/prometheus.yml").read_text())["scrape_configs"]
PROCESSES = {name for each in FIGURES for name in each["dns_sd_configs"][0]["names"]}
RULES = {
    rule["alert"]
    for group in yaml.safe_load((ROOT / "deploy/alerts.yml").read_text())["groups"]
    for rule in group["rules"]
}


def image_is_here() -> bool:
    command = ["docker", "image", "inspect", VIEWER["image"]]
    return subprocess.run(command, check=False, capture_output=True, timeout=60).returncode == 0


@pytest.fixture(scope="module")
def project() -> Iterator[Project]:
    if not engine_answers():
        pytest.skip("no Docker engine answers")
    if not image_is_here():
        pytest.skip(f"{VIEWER['image']} is not here: docker pull {VIEWER['image']}")
    ports = {name: str(free_port()) for name in ("VIEWER_PORT", "PORT", "NATS_PORT", "AWS_PORT")}
    ports["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://observe:4318"
    project = Project(f"observe-{uuid.uuid4().hex[:8]}", ports)
    try:
        # The receiver first: else what the others send at their start is lost.
        project.run("--profile", "observe", "up", "--detach", "--wait", "observe")
        project.run("--profile", "observe", "up", "--build", "--detach", "--wait")
        eventually(lambda: is_asked(project), within=60, what="its Prometheus answers")
        yield project
    finally:
        project.vanish()


def prometheus(project: Project, what: str) -> dict[str, list[dict[str, str]]]:
    """Return what the Prometheus of the container answers to `web`."""
    address = f"http://observe:9090/api/v1/{what}"
    answer = json.loads(project.in_web("python", "-c", ASK, address))
    found: dict[str, list[dict[str, str]]] = answer["data"]
    return found


def is_asked(project: Project) -> bool:
    try:
        return bool(prometheus(project, "rules")["groups"])
    except AssertionError:
        return False


@pytest.mark.slow
def test_every_process_is_reached(project: Project) -> None:
    def reached() -> set[str]:
        targets = prometheus(project, "query?query=up==1")["result"]
        return {each["metric"]["job"] for each in targets}  # type: ignore[index]

    eventually(lambda: reached() == PROCESSES, within=60, what=lambda: str(PROCESSES - reached()))


@pytest.mark.slow
def test_it_has_every_alert_rule(project: Project) -> None:
    groups = prometheus(project, "rules")["groups"]
    assert {rule["name"] for group in groups for rule in group["rules"]} == RULES  # type: ignore[index]


@pytest.mark.slow
def test_nothing_that_is_sent_is_lost(project: Project) -> None:
    assert "are lost" not in project.run("logs", "--no-color")
