"""The content of `docker-compose.yml` on which every start relies."""

import re
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from apps.messaging.brokers.addresses import variables
from tests.deploy.compose_file import (
    COMPOSE,
    LONG_RUNNING,
    OBSERVE,
    ONCE,
    OURS,
    PSQL,
    ROOT,
    SERVICES,
    TERMINAL,
    with_defaults,
)
from tests.deploy.nats_users import USERS


def test_every_process_has_exactly_one_service() -> None:
    assert set(OURS) | PSQL == {*settings.WORKERS, "web"} | ONCE
    assert sorted(ONCE) == ["grants", "migrate", "provision", "roles", "seed"]


@pytest.mark.parametrize("name", settings.WORKERS)
def test_a_service_has_as_many_replicas_as_the_demo(name: str) -> None:
    replicas = SERVICES[name].get("deploy", {}).get("replicas", 1)
    assert replicas == settings.WORKERS[name]


@pytest.mark.parametrize("name", sorted(set(settings.WORKERS) - {"celery", "beat"}))
def test_a_service_has_the_name_of_its_module(name: str) -> None:
    assert SERVICES[name]["command"] == f"python -m workers.{name}"
    assert (ROOT / "workers" / f"{name}.py").exists()


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_long_running_services_have_health_checks_and_restart(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", settings.WORKERS)
def test_a_workers_health_check_does_not_start_python(name: str) -> None:
    assert "python" not in str(SERVICES[name]["healthcheck"])


@pytest.mark.parametrize("name", sorted(ONCE))
def test_dependents_wait_for_services_that_run_once(name: str) -> None:
    """`up --wait` takes its end for a failure otherwise."""
    waited_for = [service.get("depends_on", {}).get(name) for service in SERVICES.values()]
    assert {"condition": "service_completed_successfully"} in waited_for


def test_ports_are_published_on_the_local_host_only() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {
        "web": ["127.0.0.1:${PORT:-8000}:8000"],
        "nats": ["127.0.0.1:${NATS_PORT:-4222}:4222"],
        "sqs": ["127.0.0.1:${AWS_PORT:-4566}:5000"],
    }


def test_two_checkouts_share_no_image_or_volume() -> None:
    """`COMPOSE_PROJECT_NAME` changes the names of compose, and those of the images built here."""
    built = {service["image"] for service in (*OURS.values(), TERMINAL)}
    project = "${COMPOSE_PROJECT_NAME:-orders}"
    assert built == {f"{project}-site", f"{project}-terminal"}
    named = [service for service in SERVICES.values() if "container_name" in service]
    assert (named, set(COMPOSE["volumes"].values())) == ([], {None})


@pytest.mark.parametrize("name", OURS)
def test_a_service_has_its_own_nats_user_and_inbox(name: str) -> None:
    url = urlsplit(with_defaults(SERVICES[name]["environment"].get("NATS_URL", "")))
    # Commands in the shop's name have the rights of its pages; `migrate` is no user there.
    user = "web" if name == "seed" else name if name in USERS else None
    assert (url.username, url.password) == ((user, "demo") if user else (None, None))
    prefix = SERVICES[name]["environment"].get("NATS_INBOX_PREFIX")
    assert prefix == (f"_INBOX_{user}" if user else None)


def test_the_terminal_starts_only_on_request_and_keeps_nothing() -> None:
    assert TERMINAL["profiles"] == ["terminal"]
    assert not {"ports", "volumes"} & set(TERMINAL)


def test_the_viewer_starts_only_on_request_and_is_published_here_only() -> None:
    assert OBSERVE["profiles"] == ["observe"]
    assert OBSERVE["ports"] == ["127.0.0.1:${VIEWER_PORT:-3000}:3000"]
    assert (OBSERVE["cap_drop"], OBSERVE["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
    assert "privileged" not in OBSERVE


@pytest.mark.parametrize("name", OURS)
def test_a_service_sends_traces_only_where_the_environment_says(name: str) -> None:
    environment = OURS[name]["environment"]
    assert environment["OTEL_EXPORTER_OTLP_ENDPOINT"] == "${OTEL_EXPORTER_OTLP_ENDPOINT:-}"


def test_the_terminal_has_the_environment_of_an_outside_shell(settings: Settings) -> None:
    """The same variables, with the hosts of the network inside."""
    settings.NATS_URL = "nats://web:inner@nats:4222"
    inside = {name: with_defaults(value) for name, value in TERMINAL["environment"].items()}
    outside = variables(site="SHOP_URL", queue="jobs")
    assert set(inside) - {"AWS_PAGER", "no_proxy"} == set(outside)
    assert inside["no_proxy"] == "web,sqs"
    hosts = {"SHOP_URL": "web:8000", "NATS_URL": "nats:4222"} | dict.fromkeys(
        ["AWS_ENDPOINT_URL", "Q"], "sqs:5000"
    )
    for name, value in outside.items():
        there = urlsplit(value).netloc.rpartition("@")[2]
        assert inside[name] == (value.replace(there, hosts[name]) if there else value), name


def test_web_accepts_the_host_name_used_by_the_terminal() -> None:
    assert "web" in SERVICES["web"]["environment"]["ALLOWED_HOSTS"].split(",")


def test_every_nats_user_has_a_password() -> None:
    given = {name.removeprefix("NATS_PASSWORD_") for name in SERVICES["nats"]["environment"]}
    assert given == {user.upper() for user in USERS}


def test_compose_needs_no_variable_to_be_set() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    assert re.findall(r"(?<!\$)\$\{\w+\}|(?<!\$)\$\w+", text) == []


def test_every_process_knows_the_port_for_mail_links() -> None:
    asked = {name: service["environment"].get("PORT") for name, service in OURS.items()}
    assert asked == dict.fromkeys(OURS, "${PORT:-8000}")
