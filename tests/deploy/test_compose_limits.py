"""`docker-compose.yml` and the Dockerfiles: limits, rights and secrets of each container."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from apps.images import sandbox
from apps.images.answers import MB
from tests.deploy.compose_file import (
    COMPOSE,
    OBSERVE,
    OURS,
    PSQL,
    ROOT,
    SERVICES,
    TERMINAL,
    with_defaults,
)
from tests.deploy.nats_users import USERS

EVERYTHING = {**SERVICES, "terminal": TERMINAL, "observe": OBSERVE}
PROJECT, DATABASE = COMPOSE["name"], EVERYTHING["postgres"]["environment"]["POSTGRES_DB"]
EXACT = re.compile(r"[\w./-]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)*(@sha256:[0-9a-f]{64})?")
DOCKERFILES = sorted(each.name for each in (ROOT / "deploy").glob("*Dockerfile"))
ROOTS = {"nats", *PSQL}
"""They have no capability but one to read the checkout."""
MOST_OF_A_CONNECTION = 10
"""MB; docker-compose.yml says so too."""
DECODERS = {"preview_resizer": 1, "image_resizer": 2}
"""The services that decode uploaded pictures, and how many pictures at once."""
ROLES = (
    dict.fromkeys(settings.WORKERS, "shop_workers")
    | dict.fromkeys(DECODERS, "shop_pictures")
    | {"migrate": "shop_migrate"}
)
VOLUMES = {
    "postgres": {"postgres:/var/lib/postgresql/data"},
    "nats": {"nats:/data", "./deploy/nats.conf:/etc/nats/shop.conf:ro"},
    "roles": {"./deploy/postgresql.sql:/etc/shop.sql:ro"},
    "grants": {"./deploy/postgresql_tables.sql:/etc/shop.sql:ro"},
    # Where the secret key lies.
    "web": {"data:/data", "pictures:/pictures"},
    "seed": {"data:/data", "pictures:/pictures"},
    "preview_resizer": {"pictures:/pictures"},
    "image_resizer": {"pictures:/pictures"},
    "celery": {"mail:/mail"},
    "beat": {"beat:/beat"},
    "observe": {
        "./deploy/prometheus.yml:/otel-lgtm/prometheus.yaml:ro",
        "./deploy/alerts.yml:/otel-lgtm/alerts.yml:ro",
    },
}
OTHERS_PASSWORDS = {
    # The shop's address book: `demo --env` prints the developer's for a terminal outside, and what
    # the lab's experiments start is a user of its own.
    "web": {"NATS_PASSWORD_DEVELOPER", "NATS_PASSWORD_LAB"},
    "seed": set(),
}


def mib(size: str) -> int:
    return int(size[:-1]) * {"m": 1, "g": 1024}[size[-1]]


def passwords_of(service: dict[str, Any]) -> set[str]:
    """Return the variables of passwords that anything of the service is made from."""
    return set(re.findall(r"\$\{(\w*PASSWORD\w*)", str(service)))


def test_postgresql_has_the_memory_for_all_its_connections() -> None:
    """The kernel would kill one process of it, and PostgreSQL then ends every session."""
    postgres = SERVICES["postgres"]
    (connections,) = re.findall(r"max_connections=(\d+)", postgres["command"])
    assert 100 + int(connections) * MOST_OF_A_CONNECTION <= mib(postgres["mem_limit"]) * 1.1


@pytest.mark.parametrize("name", EVERYTHING)
def test_containers_run_with_few_privileges(name: str) -> None:
    service = EVERYTHING[name]
    assert (service["read_only"], service["init"]) == (True, True)
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    # A root without capabilities cannot read files that `umask 077` made private to their owner.
    assert service.get("cap_add", []) == (["DAC_OVERRIDE"] if name in ROOTS else [])
    assert "privileged" not in service


def test_no_other_container_runs_as_root() -> None:
    ours = {name for name, each in EVERYTHING.items() if each["image"] == OURS["web"]["image"]}
    users = {name: str(each.get("user", "")) for name, each in EVERYTHING.items()}
    named = {name for name, user in users.items() if user and user.partition(":")[0] != "root"}
    # The images of these two files end with another user.
    for file in ("Dockerfile", "terminal.Dockerfile"):
        (*_, last) = re.findall(r"^USER (\w+)", (ROOT / "deploy" / file).read_text(), re.MULTILINE)
        assert last != "root"
    assert EVERYTHING.keys() - named - ours - {"terminal"} == ROOTS


@pytest.mark.parametrize("name", EVERYTHING)
def test_containers_have_memory_and_process_limits(name: str) -> None:
    service = EVERYTHING[name]
    assert 128 <= mib(service["mem_limit"]) <= 2048
    assert 16 <= service["pids_limit"] <= 256


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_containers_log_cannot_fill_the_disk(name: str) -> None:
    options = EVERYTHING[name]["logging"]["options"]
    assert re.fullmatch(r"\d+m", options["max-size"])
    assert int(options["max-file"]) <= 5


@pytest.mark.parametrize("name", DECODERS)
def test_a_decoders_own_limit_is_below_its_containers(name: str) -> None:
    """By that the photo has failed, with its reason; by this a good one would be killed with it."""
    decoders = DECODERS[name] * sandbox.MAKING.memory // MB
    assert mib(SERVICES[name]["mem_limit"]) >= decoders + 160


@pytest.mark.parametrize("name", EVERYTHING)
def test_an_image_is_built_here_or_has_an_exact_version(name: str) -> None:
    image = with_defaults(EVERYTHING[name]["image"])
    ours = {**dict.fromkeys(OURS, f"{PROJECT}-site"), "terminal": f"{PROJECT}-terminal"}
    assert image == ours[name] if name in ours else EXACT.fullmatch(image), image


@pytest.mark.parametrize("name", DOCKERFILES)
def test_base_images_have_an_exact_version(name: str) -> None:
    text = (ROOT / "deploy" / name).read_text()
    taken = re.findall(r"^FROM (\S+)|--from=(\S+:\S+)", text, re.MULTILINE)
    assert taken
    assert [each for each in map("".join, taken) if not EXACT.fullmatch(each)] == []


@pytest.mark.parametrize("name", EVERYTHING)
def test_services_mount_only_the_files_they_need(name: str) -> None:
    mounted = EVERYTHING[name].get("volumes", [])
    assert (set(mounted), len(mounted)) == (VOLUMES.get(name, set()), len(set(mounted)))


@pytest.mark.parametrize("name", OURS)
def test_services_that_use_no_secret_key_get_none(name: str) -> None:
    """It lies in DEMO_DIR; elsewhere one is made for the process alone, or for none at all."""
    environment = SERVICES[name]["environment"]
    has_the_key = "data:/data" in SERVICES[name].get("volumes", [])
    makes_its_own = environment.get("DEMO_DIR") == "/tmp"
    signs_nothing = environment.get("PAGES") == "false"
    assert [has_the_key, makes_its_own, signs_nothing].count(True) == 1
    assert has_the_key == (name in {"web", "seed"})


@pytest.mark.parametrize("name", OURS)
def test_a_process_uses_the_postgresql_role_for_its_work(name: str) -> None:
    url = urlsplit(with_defaults(SERVICES[name]["environment"]["DATABASE_URL"]))
    assert (url.username, url.path) == (ROLES.get(name, "shop_app"), f"/{DATABASE}")


@pytest.mark.parametrize("name", OURS)
def test_a_process_gets_its_own_passwords_only(name: str) -> None:
    role = ROLES.get(name, "shop_app").removeprefix("shop_").upper()
    user = {"seed": "web"}.get(name, name)
    at_nats = {f"NATS_PASSWORD_{user.upper()}"} if user in USERS else set()
    own = {f"POSTGRES_PASSWORD_{role}"} | at_nats
    assert passwords_of(SERVICES[name]) == own | OTHERS_PASSWORDS.get(name, set())


def test_only_postgresql_and_the_roles_service_get_the_superuser_password() -> None:
    knowing = {n for n, each in EVERYTHING.items() if "POSTGRES_PASSWORD" in passwords_of(each)}
    assert knowing == {"postgres", "roles"}
    assert {"roles", "grants"} == PSQL
    assert passwords_of(SERVICES["grants"]) == {"POSTGRES_PASSWORD_MIGRATE"}


def test_the_compose_file_contains_only_sample_passwords() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    assert set(re.findall(r"\$\{\w*PASSWORD\w*:-(\w+)\}", text)) == {"demo"}
    assert re.findall(r"//\w+:(?!\$\{)[^@/\s]+@", text) == []
