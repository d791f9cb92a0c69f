"""Production as `.env.example` has it: which settings start, and which do not."""

import json
import os
import secrets
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from orders_site.http.collected import brought
from tests.support.env_example import EXAMPLE
from tests.support.python import run_python

SHOW = "from django.conf import settings\n"
SHOW_COOKIES = """
print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_SSL_REDIRECT)
"""


type Start = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def collected(tmp_path: Path) -> Path:
    """The record of `collectstatic`, which itself would take half a minute here."""
    folder = tmp_path / "collected"
    folder.mkdir()
    (folder / "staticfiles.json").write_text('{"paths": {}, "version": "1.1", "hash": ""}')
    (folder / "sources.json").write_text(json.dumps(brought()))
    return folder


@pytest.fixture
def start(collected: Path) -> Start:
    """Load the modules that granian loads, and print settings: which cookies need TLS."""

    def start(show: str = SHOW_COOKIES, **changes: str) -> "subprocess.CompletedProcess[str]":
        environment = {"STATIC_ROOT": str(collected)} | changes
        return run("-c", f"import orders_site.wsgi\n{SHOW}{show}", **environment)

    return start


def run(*arguments: str, **changes: str) -> "subprocess.CompletedProcess[str]":
    secret = {"SECRET_KEY": secrets.token_urlsafe(50)}
    return run_python(*arguments, env={"PATH": os.environ["PATH"], **EXAMPLE, **secret, **changes})


def test_its_cookies_require_tls(start: Start) -> None:
    started = start()
    assert (started.returncode, started.stdout.split()) == (0, ["True"] * 3), started.stderr


def test_no_browser_keeps_a_list_with_its_domain_unless_asked_to(start: Start) -> None:
    for asked, shown in (({}, "False"), ({"SECURE_HSTS_PRELOAD": "true"}, "True")):
        started = start(show="print(settings.SECURE_HSTS_PRELOAD)", **asked)
        assert started.stdout.split() == [shown], started.stderr


@pytest.mark.parametrize("key", [EXAMPLE["SECRET_KEY"], "django-insecure-" + "x" * 50, "short"])
def test_it_does_not_start_with_a_public_secret(start: Start, key: str) -> None:
    refused = start(SECRET_KEY=key)
    assert refused.returncode == 1
    assert "orders_site.E003" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_process_without_pages_uses_a_random_key() -> None:
    """An attacker who breaks into the decoder finds no key that signs sessions."""
    show = "import workers.image_resizer; from django.conf import settings; "
    show += "print(settings.SECRET_KEY)"
    keys = set()
    for given in ("", "short", "s" * 50):
        shown = run("-c", show, PAGES="false", SECRET_KEY=given)
        assert shown.returncode == 0, shown.stderr
        keys.add(shown.stdout.strip())
    assert len(keys) == 3
    assert {len(key) >= 50 and key != "s" * 50 for key in keys} == {True}


def test_a_checked_command_runs_without_pages() -> None:
    checked = run("manage.py", "check", PAGES="false")
    assert checked.returncode == 0, checked.stderr


def test_web_does_not_start_without_pages(start: Start) -> None:
    refused = start(PAGES="false")
    (line,) = refused.stderr.splitlines()
    assert (refused.returncode, refused.stdout) == (1, "")
    assert line.startswith("PAGES=false is for workers")
    assert "Unset PAGES" in line
    assert "orders_site.E031" in line


def test_djangos_own_server_ends_by_the_same_line(collected: Path) -> None:
    """It serves in a thread of its own, and would stay without a word where that has ended."""
    refused = run("manage.py", "runserver", "0", PAGES="false", STATIC_ROOT=str(collected))
    (line,) = refused.stderr.splitlines()
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "orders_site.E031" in line


def test_web_does_not_start_before_its_files_were_collected(start: Start, tmp_path: Path) -> None:
    refused = start(STATIC_ROOT=str(tmp_path))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "orders_site.E022" in refused.stderr
    assert "collectstatic" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("differing", ["shop/shop.css", "admin/css/base.css"])
def test_web_does_not_start_with_the_files_of_another_release(
    start: Start, collected: Path, differing: str
) -> None:
    record = collected / "sources.json"
    record.write_text(json.dumps(brought() | {differing: "another's"}))
    refused = start()
    (line,) = refused.stderr.splitlines()
    assert (refused.returncode, refused.stdout) == (1, "")
    assert line.startswith(f"STATIC_ROOT={collected} has files of another release: {differing}")
    assert "manage.py collectstatic" in line
    assert "orders_site.E030" in line


@pytest.mark.parametrize("root", ["/proc/nowhere", __file__, f"{__file__}/below"])
def test_web_does_not_start_without_a_folder_of_pictures(start: Start, root: str) -> None:
    refused = start(MEDIA_STORAGE="files", MEDIA_ROOT=root)
    (line,) = refused.stderr.splitlines()
    assert (refused.returncode, refused.stdout) == (1, "")
    assert line.startswith(f"MEDIA_ROOT={root} cannot be used: ")
    assert "orders_site.E034" in line


@pytest.mark.parametrize("worker", ["image_resizer", "preview_resizer"])
def test_a_resizer_does_not_start_without_a_folder_of_pictures(worker: str) -> None:
    root = "/proc/nowhere"
    refused = run("-m", f"workers.{worker}", MEDIA_STORAGE="files", MEDIA_ROOT=root)
    (line,) = refused.stderr.splitlines()
    assert refused.returncode == 1
    assert line.startswith(f"MEDIA_ROOT={root} cannot be used: ")


def test_a_missing_folder_of_pictures_is_made(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "of" / "pictures"
    started = start(MEDIA_STORAGE="files", MEDIA_ROOT=str(folder))
    assert started.returncode == 0, started.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("variable", "value"),
    [("PGTARGETSESSIONATTRS", "read-only"), ("PGSERVICE", "another"), ("PGHOSTADDR", "192.0.2.1")],
)
@pytest.mark.parametrize("command", [["manage.py", "check"], ["-m", "workers.outbox_relay"]])
def test_no_process_starts_with_a_variable_of_postgresqls_client(
    command: list[str], variable: str, value: str
) -> None:
    refused = run(*command, **{variable: value})
    (line,) = refused.stderr.splitlines()
    assert refused.returncode == 1
    assert line.startswith(f"{variable} is set, and PostgreSQL's client would obey it")
    assert "orders_site.E035" in line


def test_a_command_needs_no_collected_files(tmp_path: Path) -> None:
    checked = run("manage.py", "check", STATIC_ROOT=str(tmp_path))
    assert checked.returncode == 0, checked.stderr
