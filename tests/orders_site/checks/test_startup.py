"""Settings that contradict each other, and the message about each."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils.module_loading import import_string
from pytest_django.fixtures import Settings

from apps.messaging.brokers.queue_names import name_at_sqs
from orders_site.checks import aws
from orders_site.checks.links import USERS
from orders_site.checks.startup import contradictions, require_valid_settings
from tests.support.nats_operator import USER, Key, Operator
from tests.support.python import run_python

ROOT = Path(__file__).parents[3]


ON_THIS_MACHINE = {"DEMO": True, "ALLOWED_HOSTS": ["127.0.0.1"]}


def times(**changes: Any) -> Any:
    return replace(django_settings.LONGEST_TIMES, **changes)


@pytest.fixture(autouse=True)
def production(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of which nothing is to be said."""
    settings.DEMO = settings.DEBUG = False
    apps = [app for app in django_settings.INSTALLED_APPS if app != "apps.lab"]
    monkeypatch.setattr(django_settings, "INSTALLED_APPS", apps)  # without loading them again
    settings.SECRET_KEY = "fifty-characters-of-which-nobody-knows-a-single-one"
    settings.ALLOWED_HOSTS = ["shop.example.com"]
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    settings.NATS_URL = "tls://web:pw@one.example.com:4222,tls://web:pw@two.example.com:4222"
    settings.AWS_ENDPOINT_URL = settings.AWS_ACCESS_KEY_ID = settings.AWS_SECRET_ACCESS_KEY = ""
    settings.AWS_REGION = "eu-west-2"
    settings.CELERY_QUEUE_URL = "https://sqs.eu-west-2.amazonaws.com/1/celery"


WITHOUT_USER = "tls://nats.example.com"


def smtp(**options: Any) -> dict[str, Any]:
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}


def files(**given: str) -> dict[str, Any]:
    return django_settings.NATS_SECURITY | given


def found() -> list[str | None]:
    return [each.id for each in contradictions(None)]


def test_consistent_settings_give_no_message() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "id"),
    [
        ({"DEMO": True}, "orders_site.E001"),
        ({"DEMO": True, "ALLOWED_HOSTS": ["127.0.0.1", "*"]}, "orders_site.E001"),
        ({"DEMO": True, "ALLOWED_HOSTS": ["8.8.8.8"]}, "orders_site.E001"),
        ({"DEBUG": True}, "orders_site.E002"),
        ({"SECRET_KEY": "replace-this-by-fifty-characters" + "x" * 50}, "orders_site.E003"),
        ({"SECRET_KEY": "short"}, "orders_site.E003"),
        ({"SECRET_KEY_FALLBACKS": ["k" * 50, "short"]}, "orders_site.E003"),
        ({"AWS_ACCESS_KEY_ID": "key"}, "orders_site.E004"),
        ({"CELERY_QUEUE_URL": ""}, "orders_site.E005"),
        ({"SQS_WAIT_SECONDS": 21}, "orders_site.E006"),
        ({"STREAM_REPLICAS": 2}, "orders_site.E007"),
        ({"MEDIA_ROOT": ""}, "orders_site.E008"),
        ({"MEDIA_ROOT": __file__}, "orders_site.E034"),
        ({"MEDIA_ROOT": f"{__file__}/pictures"}, "orders_site.E034"),
        ({"SQS_VISIBILITY_TIMEOUT": 29}, "orders_site.E032"),
        ({"SQS_VISIBILITY_TIMEOUT": 43_201}, "orders_site.E032"),
        ({**ON_THIS_MACHINE, "SQS_VISIBILITY_TIMEOUT": 5}, "orders_site.W001"),
        ({"NATS_URL": "tls://one:4222,tls://two:4222"}, "orders_site.W002"),
        (
            {**ON_THIS_MACHINE, "SQS_WAIT_SECONDS": 20, "SQS_VISIBILITY_TIMEOUT": 20},
            "orders_site.E009",
        ),
        ({"PRICE_LOOKUP_TIMEOUT": 0.0}, "orders_site.E010"),
        ({"PRICE_LOOKUP_TIMEOUT": 30.0}, "orders_site.E010"),
        ({"PRICE_REFRESH_SECONDS": 0.0}, "orders_site.E011"),
        ({"MAILERS": {"default": smtp(timeout=17)}}, "orders_site.E012"),
        ({"MAILERS": {"default": smtp(timeout=1e300)}}, "orders_site.E012"),
        ({"MAILERS": {"default": smtp(timeout=-1)}}, "orders_site.E012"),
        ({"MAILERS": {"default": smtp()}}, "orders_site.E012"),
        ({"LONGEST_TIMES": times(nats_call=6)}, "orders_site.E027"),
        ({"LONGEST_TIMES": times(sqs_call=6)}, "orders_site.E033"),
        ({"LONGEST_TIMES": times(probe=11)}, "orders_site.E028"),
        ({"LONGEST_TIMES": times(job=179, decoder=90)}, "orders_site.E029"),
        ({"LONGEST_TIMES": times(request=5, s3_call=1)}, "orders_site.E036"),
        ({"LONGEST_TIMES": times(request=20)}, "orders_site.E036"),
        ({"LONGEST_TIMES": times(handler=5, enqueue=1)}, "orders_site.E036"),
        ({"LONGEST_TIMES": times(handler=6)}, "orders_site.E036"),
        ({"LONGEST_TIMES": times(request=3600, s3_call=300)}, "orders_site.E036"),
        ({"CHECKOUT_RATE": "many"}, "orders_site.E014"),
        ({"UPLOAD_RATE": "0/second"}, "orders_site.E014"),
        ({"UPLOAD_RATE": "5 per 0 seconds"}, "orders_site.E014"),
        ({"UPLOAD_RATE": f"5 per {'9' * 20} days"}, "orders_site.E014"),
        ({"LOGIN_RATE": "often"}, "orders_site.E014"),
        ({"AUTH_PASSWORD_VALIDATORS": []}, "orders_site.E025"),
        ({"RATE_LIMIT_STORAGE": "localhost:6379"}, "orders_site.E015"),
        ({"BEHIND_PROXY": True, "PROXY_COUNT": 0}, "orders_site.E016"),
        ({"PROXY_COUNT": 2}, "orders_site.E016"),
        ({"SECURE_SSL_REDIRECT": True}, "orders_site.W004"),
        ({"URL_PATH_PREFIX": "/shop", "SITE_URL": "https://example.com"}, "orders_site.W006"),
        ({"SITE_URL": "https://example.com/shop/"}, "orders_site.W006"),
        ({"AWS_ENDPOINT_URL": "http://sqs.eu-west-2.amazonaws.com"}, "orders_site.E017"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}, "orders_site.E018"),
        ({"AWS_REGION": "us-east-1"}, "orders_site.E019"),
        ({"NATS_URL": "nats://web:pw@nats.example.com"}, "orders_site.E023"),
        ({"RATE_LIMIT_STORAGE": "redis://redis.example.com:6379/1"}, "orders_site.E023"),
        ({"MAILERS": {"default": smtp(timeout=10, host="mail.example.com")}}, "orders_site.E023"),
        ({"SITE_URL": "http://shop.example.com"}, "orders_site.W007"),
        ({"CSRF_TRUSTED_ORIGINS": ["http://shop.example.com"]}, "orders_site.W007"),
        ({"NATS_SECURITY": files(key=__file__)}, "orders_site.E026"),
        ({"NATS_SECURITY": files(ca=__file__)}, "orders_site.E026"),
        ({"NATS_SECURITY": files(cert=__file__)}, "orders_site.E026"),
        ({"NATS_SECURITY": files(creds=__file__), "NATS_URL": WITHOUT_USER}, "orders_site.E026"),
        ({"NATS_SECURITY": files(nkey=__file__), "NATS_URL": WITHOUT_USER}, "orders_site.E026"),
        ({"QUEUE_PREFIX": "shop.a-"}, "orders_site.E020"),
        ({"QUEUE_PREFIX": "a" * 71}, "orders_site.E020"),
        ({"QUEUE_PREFIX": "shop-a-"}, "orders_site.E021"),
        (
            {"CELERY_QUEUE_URL": "https://sqs.eu-west-2.amazonaws.com/1/celery.fifo"},
            "orders_site.E021",
        ),
    ],
    ids=str,
)
def test_a_contradiction_is_found(settings: Settings, changes: dict[str, Any], id: str) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    (contradiction,) = contradictions(None)
    assert contradiction.id == id
    assert contradiction.hint, "it says how to mend it"


@pytest.mark.parametrize(
    ("given", "blamed"),
    [
        ({"ca": __file__}, ["NATS_CA_FILE"]),
        ({"cert": __file__}, ["NATS_CERT_FILE"]),
        ({"cert": __file__, "key": __file__}, ["NATS_CERT_FILE", "NATS_KEY_FILE"]),
        ({"ca": __file__, "cert": __file__}, ["NATS_CA_FILE"]),
        ({"key": __file__}, ["NATS_KEY_FILE"]),
        ({"creds": __file__}, ["NATS_CREDS_FILE"]),
        ({"nkey": __file__}, ["NATS_NKEY_FILE"]),
    ],
    ids=str,
)
def test_only_the_unusable_file_is_named(
    settings: Settings, given: dict[str, str], blamed: list[str]
) -> None:
    if given.keys() & USERS.keys():
        settings.NATS_URL = WITHOUT_USER
    settings.NATS_SECURITY = files(**given)
    (found,) = contradictions(None)
    shown = ", ".join(f"{name}={__file__}" for name in blamed)
    assert found.msg.startswith(f"{shown} cannot be used: ")


@pytest.fixture
def key_files(tmp_path: Path) -> dict[str, str]:
    """Files that can be used: a `.creds` file and the seed of an nkey."""
    contents = {"creds": Operator().creds, "nkey": Key(USER).seed}
    for name, content in contents.items():
        (tmp_path / name).write_text(content)
    return {name: str(tmp_path / name) for name in contents}


@pytest.mark.parametrize("name", ["creds", "nkey"])
def test_one_user_from_a_file_gives_no_message(
    settings: Settings, key_files: dict[str, str], name: str
) -> None:
    settings.NATS_URL = WITHOUT_USER
    settings.NATS_SECURITY = files(**{name: key_files[name]})
    assert found() == []


def test_two_files_that_name_a_user_are_both_named(
    settings: Settings, key_files: dict[str, str]
) -> None:
    settings.NATS_URL = WITHOUT_USER
    settings.NATS_SECURITY = files(**key_files)
    (conflict,) = contradictions(None)
    shown = f"NATS_CREDS_FILE={key_files['creds']}, NATS_NKEY_FILE={key_files['nkey']}"
    assert conflict.msg.startswith(f"{shown} cannot be used: ")


@pytest.mark.parametrize("user", ["web:secret", "a-token"])
@pytest.mark.parametrize("name", ["creds", "nkey"])
def test_a_file_beside_a_user_of_the_url_is_rejected(
    settings: Settings, key_files: dict[str, str], name: str, user: str
) -> None:
    settings.NATS_URL = f"tls://{user}@nats.example.com"
    settings.NATS_SECURITY = files(**{name: key_files[name]})
    (conflict,) = contradictions(None)
    assert conflict.id == "orders_site.E026"
    assert "NATS_URL names a user" in conflict.msg
    assert user not in conflict.msg


PLAIN = {
    "nats": {"NATS_URL": "nats://web:pw@{host}"},
    "sqs": {
        "AWS_ENDPOINT_URL": "http://{host}:4566",
        "CELERY_QUEUE_URL": "http://{host}:4566/1/celery",
    },
    "mail": {"MAILERS": {"default": smtp(timeout=10, host="{host}")}},
    "redis": {"RATE_LIMIT_STORAGE": "redis://{host}:6379/1"},
    "otlp": {"TRACES_URL": "http://{host}:4318/v1/traces"},
    "otlp, log lines": {"LOGS_URL": "http://{host}:4318/v1/logs"},
}


def at(host: str, server: str) -> dict[str, Any]:
    changes: dict[str, Any] = json.loads(json.dumps(PLAIN[server]).replace("{host}", host))
    return changes


@pytest.mark.parametrize("server", PLAIN)
def test_permitted_plaintext_gives_no_message(settings: Settings, server: str) -> None:
    for name, value in at("inside.example.com", server).items():
        setattr(settings, name, value)
    assert set(found()) == {"orders_site.E023"}
    settings.PLAINTEXT_LINKS = [server.partition(",")[0]]
    assert found() == []


@pytest.mark.parametrize("server", PLAIN)
def test_plaintext_on_one_machine_gives_no_message(settings: Settings, server: str) -> None:
    for name, value in at("127.0.0.1", server).items():
        setattr(settings, name, value)
    assert found() == []


@pytest.mark.parametrize(
    ("host", "options", "said"),
    [
        ("db.example.com", {}, ["orders_site.E023"]),
        ("db.example.com", {"sslmode": "prefer"}, ["orders_site.E023"]),
        ("db.example.com", {"sslmode": "require"}, ["orders_site.E023"]),
        ("db.example.com", {"sslmode": "require", "sslrootcert": "ca.pem"}, []),
        ("db.example.com", {"sslmode": "verify-full", "sslrootcert": "ca.pem"}, []),
        ("127.0.0.1", {}, []),
        ("/run/postgresql", {}, []),
        ("", {}, []),
        ("127.0.0.1,localhost", {}, []),
        ("127.0.0.1,db.example.com", {}, ["orders_site.E023"]),
        ("", {"host": "db.example.com"}, ["orders_site.E023"]),
        ("", {"host": "/run/postgresql"}, []),
        ("127.0.0.1", {"hostaddr": "10.1.2.3"}, ["orders_site.E023"]),
        ("", {"service": "mine"}, ["orders_site.E023"]),
        ("", {"service": "mine", "sslmode": "verify-full", "sslrootcert": "ca.pem"}, []),
    ],
)
def test_the_link_to_each_database_is_checked(
    monkeypatch: pytest.MonkeyPatch, host: str, options: dict[str, str], said: list[str]
) -> None:
    replica = {"ENGINE": "django.db.backends.postgresql", "HOST": host, "OPTIONS": options}
    monkeypatch.setitem(django_settings.DATABASES, "replica", replica)
    assert found() == said


@pytest.mark.parametrize("options", [{}, {"sslmode": "require"}])
def test_a_database_in_a_private_network_need_not_be_verified(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, options: dict[str, str]
) -> None:
    replica = {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": "db.example.com",
        "OPTIONS": options,
    }
    monkeypatch.setitem(django_settings.DATABASES, "replica", replica)
    assert found() == ["orders_site.E023"]
    settings.PLAINTEXT_LINKS = ["postgres"]
    assert found() == []


def test_the_demo_is_plaintext_all_over(settings: Settings) -> None:
    settings.DEMO, settings.ALLOWED_HOSTS = True, ["127.0.0.1"]
    settings.NATS_URL = "nats://web:pw@nats"
    assert found() == []


def test_a_prefix_leaves_room_for_the_longest_name(settings: Settings) -> None:
    """SQS allows 80 signs: the limit is for the queues that the shop has."""
    limit = re.search(r"(\d+)}", aws.PREFIX.pattern)
    assert limit
    queues = [import_string(path) for path in settings.MESSAGING_QUEUES]
    assert 80 in {int(limit[1]) + len(queue.dead_letter_name) for queue in queues}
    settings.QUEUE_PREFIX = "a" * int(limit[1])
    settings.CELERY_QUEUE_URL = f"https://sqs.eu-west-2.amazonaws.com/1/{name_at_sqs('celery')}"
    assert found() == []
    settings.QUEUE_PREFIX += "a"
    assert found() == ["orders_site.E020"]


def test_sqlite_is_for_the_demo(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    assert found() == ["orders_site.W003"]


def test_the_lab_is_for_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django_settings, "INSTALLED_APPS", ["apps.lab"])
    assert found() == ["orders_site.E013"]
    with pytest.raises(SystemExit, match=r"orders_site\.E013"):
        require_valid_settings()


def test_the_demo_may_be_seen_in_a_private_network(settings: Settings) -> None:
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["127.0.0.1", "[::1]", "localhost", "192.168.1.7", "web", ".localhost"]
    assert found() == []


def test_failing_checks_of_apps_prevent_the_start_too(
    settings: Settings,
) -> None:
    settings.FAILPOINTS = "relay.published=exit"
    with pytest.raises(SystemExit, match=r"messaging\.E001"):
        require_valid_settings()


@pytest.mark.parametrize(
    "command",
    [
        ["-c", "import orders_site.wsgi"],
        ["-m", "workers.order_listener"],
        ["-m", "celery", "-A", "orders_site", "worker"],
        ["-m", "celery", "-A", "orders_site", "beat"],
        ["manage.py", "check"],
        ["manage.py", "migrate"],
        ["manage.py", "demo"],
    ],
    ids=lambda command: command[-1],
)
def test_no_process_starts_with_invalid_settings(command: list[str], tmp_path: Path) -> None:
    environment = {"DEMO": "true", "DEMO_DIR": str(tmp_path), "SQS_WAIT_SECONDS": "99"}
    environment |= {"DJANGO_SETTINGS_MODULE": "orders_site.settings"}
    started = run_python(*command, env=os.environ | environment)
    assert started.returncode == 1
    (line,) = started.stderr.splitlines()
    assert line.startswith("SQS_WAIT_SECONDS=99: SQS allows 0 to 20. Set it to ")
    assert line.endswith("(orders_site.E006)")


def test_a_worker_without_sqs_does_without_its_client(tmp_path: Path) -> None:
    """Boto3 takes memory of each process that loads it, and most workers never ask SQS."""
    show = "import sys, workers.order_listener; print('boto3' in sys.modules)"
    environment = {"DEMO": "true", "DEMO_DIR": str(tmp_path)}
    shown = subprocess.run(
        [sys.executable, "-c", show],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == "False\n"
