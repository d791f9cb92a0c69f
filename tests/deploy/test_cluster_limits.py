"""`deploy/compose.cluster.yml`: limits, rights and versions as in the main file, two of each."""

import re
from typing import Any

import pytest
from django.conf import settings

from tests.deploy.cluster_file import CLUSTER, SERVICES
from tests.deploy.compose_file import COMPOSE, ROOT, with_defaults
from tests.deploy.compose_file import SERVICES as MAIN

CONFINED: dict[str, Any] = COMPOSE["x-confined"]
LIMITS = {"mem_limit", "pids_limit"}
ADDED = {name: service for name, service in SERVICES.items() if name not in MAIN}
OVERRIDDEN = {name: service for name, service in SERVICES.items() if name in MAIN}
ROOTS = {"nats_2", "nats_3", "proxy"}
"""They have no capability but one to read the checkout."""


def whole(name: str) -> dict[str, Any]:
    """Return a service with what it extends."""
    service = ADDED[name]
    if "extends" not in service:
        return service
    assert service["extends"]["file"] == "docker-compose.yml"
    return MAIN[service["extends"]["service"]] | service


@pytest.mark.parametrize("name", ADDED)
def test_an_added_container_is_confined_like_all_others(name: str) -> None:
    service = whole(name)
    assert {key: service.get(key) for key in CONFINED} == CONFINED
    assert service.get("cap_add", []) == (["DAC_OVERRIDE"] if name in ROOTS else [])
    assert (service.get("user", "root") == "root") is (name in ROOTS)
    assert "privileged" not in service


def test_a_stop_of_the_proxy_waits_for_requests_that_have_begun() -> None:
    """HAProxy's soft stop; its end comes before Docker's SIGKILL after ten seconds."""
    assert SERVICES["proxy"]["stop_signal"] == "SIGUSR1"
    assert "hard-stop-after 8s" in (ROOT / "deploy/haproxy.cfg").read_text()


@pytest.mark.parametrize("name", ADDED)
def test_an_added_container_has_memory_and_process_limits(name: str) -> None:
    service = whole(name)
    assert re.fullmatch(r"(128|256|512)m", service["mem_limit"])
    assert 16 <= service["pids_limit"] <= 256


@pytest.mark.parametrize("name", ADDED)
def test_an_added_image_is_that_of_the_main_file_or_built_here(name: str) -> None:
    """`test_compose_limits.py` has the versions of the main file, and of each Dockerfile."""
    service = whole(name)
    if "build" in service:
        assert with_defaults(service["image"]) == f"{CLUSTER['name']}-edge"
        context, file = service["build"]["context"], service["build"]["dockerfile"]
        assert (ROOT / context / file).exists()
    else:
        assert service["image"] == MAIN["nats"]["image"]


@pytest.mark.parametrize("name", OVERRIDDEN)
def test_what_is_in_both_files_keeps_its_rights_and_limits(name: str) -> None:
    kept = {*CONFINED, *LIMITS, "cap_add", "user", "image", "privileged"}
    assert kept & OVERRIDDEN[name].keys() == set()


def test_each_worker_is_there_twice_or_several_times_already() -> None:
    twice = {name for name, each in SERVICES.items() if each.get("deploy") == {"replicas": 2}}
    alone = {name for name, count in settings.WORKERS.items() if count == 1}
    assert twice == {"web", *alone} - {"beat"}


def test_the_file_contains_only_sample_passwords() -> None:
    text = (ROOT / "deploy" / "compose.cluster.yml").read_text()
    assert set(re.findall(r"\$\{\w*PASSWORD\w*:-(\w+)\}", text)) == {"demo"}
    assert re.findall(r"//\w*:(?!\$\{)[^@/\s]+@", text.replace("web:PASSWORD@", "")) == []
