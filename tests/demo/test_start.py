"""Checks of the demo before it starts anything, and its files after an error."""

import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from apps.demo.errors import OtherServers
from apps.demo.start import check_addresses
from orders_site.conf.demo_defaults import pointing_elsewhere
from orders_site.conf.environment import Environment
from tests.support.ports import free_port
from tests.support.python import run_python


def test_the_addresses_of_its_own_servers_are_fine() -> None:
    check_addresses()


ELSEWHERE = {
    "ALLOWED_HOSTS": "shop.internal",
    "AWS_ENDPOINT_URL": "http://sqs.example.com",
    "CELERY_QUEUE_URL": "https://sqs.eu-west-2.amazonaws.com/1/celery",
    "CSRF_TRUSTED_ORIGINS": "https://shop.example.com",
    "DATABASE_URL": "postgres://shop@db.example.com/shop",
    "DEFAULT_FROM_EMAIL": "boss@example.com",
    "EMAIL_URL": "smtp://mail.example.com",
    "LAB_NATS_URL": "nats://nats.example.com:4222",
    "MEDIA_BUCKET": "pictures",
    "MEDIA_DOMAIN": "pictures.example.com",
    "MEDIA_ROOT": "/srv/pictures",
    "MEDIA_STORAGE": "s3",
    "NATS_INBOX_PREFIX": "_INBOX_web",
    "NATS_URL": "nats://nats.example.com:4222",
    "QUEUE_PREFIX": "shop-b-",
    "RATE_LIMIT_STORAGE": "redis://redis.example.com:6379",
    "SECRET_KEY": "nobody-may-read-this",
    "SITE_URL": "https://shop.example.com",
    "STATIC_ROOT": "/srv/static",
    "STREAM_REPLICAS": "3",
}
DEFAULTS = {"NATS_URL": "nats://127.0.0.1:4222", "SECRET_KEY": "ours", "ALLOWED_HOSTS": "localhost"}


def test_every_address_of_a_shop_has_a_case() -> None:
    assert sorted(ELSEWHERE) == list(settings.DEMO_ELSEWHERE)


@pytest.mark.parametrize("variable", ELSEWHERE)
def test_a_variable_of_another_shop_is_an_error(settings: Settings, variable: str) -> None:
    env = Environment({variable: ELSEWHERE[variable]})
    settings.DEMO_POINTS_ELSEWHERE = pointing_elsewhere(env, DEFAULTS)
    with pytest.raises(OtherServers, match=f"^{variable} is .*unset it") as refused:
        check_addresses()
    assert "nobody" not in str(refused.value)


def test_the_demos_variables_are_no_other_shop() -> None:
    """As after `eval "$(make -s env)"`, and an empty one that means nothing."""
    assert pointing_elsewhere(Environment({**DEFAULTS, "MEDIA_BUCKET": ""}), DEFAULTS) == []


def test_a_password_is_not_shown() -> None:
    env = Environment({"DATABASE_URL": "postgres://shop:s3cr3t@db.example.com/shop"})
    assert pointing_elsewhere(env, DEFAULTS) == ["DATABASE_URL is postgres://db.example.com/shop"]


@pytest.mark.parametrize("arguments", [["demo"], ["demo", "--manage", "migrate"]])
def test_a_database_of_others_is_not_changed(tmp_path: Path, arguments: list[str]) -> None:
    theirs = tmp_path / "theirs.sqlite3"
    with closing(sqlite3.connect(theirs)) as database, database:
        database.execute("CREATE TABLE theirs (x)")
    before = theirs.read_bytes()
    refused = run_python(
        "manage.py",
        *arguments,
        env={
            "PATH": os.environ["PATH"],
            "DEMO_DIR": str(tmp_path / "demo"),
            "DATABASE_URL": f"sqlite:///{theirs}",
        },
    )
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"CommandError: DATABASE_URL is sqlite:///{theirs}: ")
    assert theirs.read_bytes() == before
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize("arguments", [["--env"], ["--manage", "migrate"]])
def test_a_command_needs_a_running_demo(tmp_path: Path, arguments: list[str]) -> None:
    folder = tmp_path / "demo"
    refused = demo_command(folder, *arguments, NATS_PORT=str(free_port()))
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert line.startswith(f"CommandError: no demo runs on {folder}: start one with `make demo`")
    assert refused.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_an_invalid_setting_leaves_no_folder(tmp_path: Path) -> None:
    refused = demo_command(tmp_path / "demo", DEMO_DATABASE_URL="mysql://db.example.com/shop")
    assert refused.stderr.startswith("DEMO_DATABASE_URL cannot be read")
    assert list(tmp_path.iterdir()) == []


def test_a_contradiction_is_reported_once(tmp_path: Path) -> None:
    refused = demo_command(tmp_path / "demo", SQS_WAIT_SECONDS="99")
    output = refused.stdout + refused.stderr
    assert output.count("SQS_WAIT_SECONDS=99") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_demo_without_pages_is_an_error(tmp_path: Path) -> None:
    refused = demo_command(tmp_path / "demo", PAGES="false")
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert line.startswith("CommandError: PAGES=false is for a worker")
    assert line.endswith("unset it.")
    assert refused.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_taken_port_leaves_no_folder(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = str(other.getsockname()[1])
        ports = {"PORT": str(free_port()), "NATS_PORT": str(free_port()), "AWS_PORT": taken}
        refused = demo_command(tmp_path / "demo", **ports)
    assert "AWS_PORT" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def demo_command(
    folder: Path, *arguments: str, **variables: str
) -> "subprocess.CompletedProcess[str]":
    return run_python(
        "manage.py",
        "demo",
        *arguments,
        env={"PATH": os.environ["PATH"], "DEMO_DIR": str(folder), **variables},
    )


def test_preloading_leaves_no_thread_or_connection() -> None:
    preload = (
        "import django; django.setup(); from apps.demo.supervisor.preload import preload; preload()"
    )
    environment = os.environ | {"DEMO": "true", "DEMO_DIR": str(settings.DEMO_DIR)}
    result = subprocess.run(
        [sys.executable, "-c", preload],
        env=environment | {"DJANGO_SETTINGS_MODULE": "orders_site.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
