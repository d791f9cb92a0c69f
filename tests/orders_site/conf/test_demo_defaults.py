"""The demo's own variables: all its files are in its folder, for any name of the folder."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from apps.messaging.checks import BOTOCORES_OWN
from orders_site.conf.demo_defaults import (
    OTHER_ACCOUNTS,
    at_home,
    demo_defaults,
    forget_others,
)
from orders_site.conf.demo_secret import demo_secret_key
from orders_site.conf.environment import Environment
from orders_site.conf.mailers import mailer_from
from orders_site.conf.unreadable import Unreadable
from tests.support.nats_server import NatsServer
from tests.support.processes import ROOT
from tests.support.python import run_python


@pytest.mark.parametrize(
    "name", ["c++", "C# demo", "50%", "a b", "x%20y", "q?z", "ä", "a&b", "semi;colon", "a@b:c"]
)
def test_database_and_mails_are_in_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    env = Environment(demo_defaults(folder, nats_port=1, aws_port=2))
    assert env.database("DATABASE_URL")["NAME"] == str(folder / "db.sqlite3")
    mailer = mailer_from(env.email("EMAIL_URL"))
    assert mailer["OPTIONS"] == {"file_path": str(folder / "mail")}


def test_a_developers_own_account_is_out_of_reach(tmp_path: Path, nats_server: NatsServer) -> None:
    """With a region of its table the AWS CLI 1.x would go to AWS itself, with these keys."""
    left_over = dict.fromkeys(OTHER_ACCOUNTS, "us-east-1")
    show = "import os, sys; sys.argv = ['manage.py', 'demo', '--env']; import runpy; "
    show += "runpy.run_path('manage.py', run_name='__main__')"
    output = run_python(
        "-c",
        show,
        env={
            "PATH": os.environ["PATH"],
            "DEMO_DIR": str(tmp_path),
            "NATS_PORT": str(nats_server.port),
            **left_over,
        },
        check=True,
    ).stdout
    shell = subprocess.run(
        ["bash", "-c", f"{output}\nenv"],
        env={"PATH": os.environ["PATH"], **left_over},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    theirs = dict(line.split("=", 1) for line in shell.splitlines() if line.startswith("AWS_"))
    assert theirs.pop("AWS_ENDPOINT_URL").startswith("http://127.0.0.1:")
    assert theirs == {
        "AWS_ACCESS_KEY_ID": "demo",
        "AWS_SECRET_ACCESS_KEY": "demo",
        "AWS_DEFAULT_REGION": "eu-central-2",
    }


def test_processes_of_the_demo_inherit_no_aws_account() -> None:
    files = [f"{name}_FILE" for name in OTHER_ACCOUNTS]
    ours = {"AWS_PORT": "4566", "AWS_ENDPOINT_URL": "http://sqs:5000", "PATH": "/bin"}
    variables = {**dict.fromkeys((*OTHER_ACCOUNTS, *BOTOCORES_OWN, *files), "theirs"), **ours}
    forget_others(variables)
    nobodys = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    assert variables == {**ours, **nobodys}


@pytest.mark.parametrize("command", ["demo", "prove"])
def test_variables_of_other_servers_do_not_change_the_demo(
    monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["manage.py", command])
    names = ("HTTP", "UDS", "URL_PATH_PREFIX", "URL_PATH_PREFIX_FILE", "FACTORY")
    theirs = [*(f"GRANIAN_{name}" for name in names), "MOTO_PORT", "INITIAL_NO_AUTH_ACTION_COUNT"]
    variables = dict.fromkeys([*theirs, "PATH"], "theirs")
    forget_others(variables)
    assert not variables.keys() & set(theirs)
    assert variables["PATH"] == "theirs"


def test_a_web_without_the_demo_obeys_granians_variables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        sys, "argv", ["granian", "--interface=rsgi", "orders_site.rsgi:application"]
    )
    variables = {"GRANIAN_URL_PATH_PREFIX": "/shop"}
    forget_others(variables)
    assert variables["GRANIAN_URL_PATH_PREFIX"] == "/shop"


def test_the_demo_reads_no_aws_files_of_the_developer(tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[default]\nretry_mode = often\n")
    make = "import workers.image_resizer; from apps.messaging.brokers.sqs import client; client()"
    made = run_python(
        "-c",
        make,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "DEMO": "true",
            "DEMO_DIR": str(tmp_path / "demo"),
        },
    )
    assert (made.returncode, made.stderr) == (0, "")


def test_only_commands_that_make_the_demo_store_its_key(tmp_path: Path) -> None:
    nowhere = tmp_path / "demo"
    keys = {demo_secret_key(nowhere) for _ in range(2)}
    assert len(keys) == 2
    assert not nowhere.exists()
    assert demo_secret_key(nowhere, keep=True) == demo_secret_key(nowhere)


LOOKING = [["check"], ["showmigrations"], ["makemigrations", "--check"], ["help"]]


@pytest.mark.parametrize("command", LOOKING, ids=str)
def test_a_command_that_only_reads_creates_no_file(tmp_path: Path, command: list[str]) -> None:
    looked = manage(tmp_path / "demo", *command)
    assert looked.returncode == 0, looked.stderr
    there = tmp_path / "there"
    there.mkdir()
    manage(there, *command)
    assert [path.name for path in tmp_path.rglob("*")] == ["there"]


def test_migrating_makes_the_tables_and_the_key(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    migrated = manage(folder, "migrate", "contenttypes", "--verbosity=0")
    assert migrated.returncode == 0, migrated.stderr
    assert {"db.sqlite3", "secret_key"} <= {path.name for path in folder.iterdir()}
    assert "[X]" in manage(folder, "showmigrations", "contenttypes").stdout


@pytest.mark.parametrize("command", ["check", "migrate", "demo"])
@pytest.mark.parametrize("folder", [ROOT, ROOT.parent, ROOT / ".demo/..", Path.home(), Path("/")])
def test_the_demo_rejects_a_folder_with_other_files(folder: Path, command: str) -> None:
    kept = [folder / name for name in ("db.sqlite3", "secret_key", "demo.lock")]
    before = [path.exists() for path in kept]
    refused = manage(folder, command)
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert line == f"DEMO_DIR={folder} holds more than a demo: name a folder of its own."
    assert [path.exists() for path in kept] == before


def manage(folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    return run_python(
        "manage.py",
        *command,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(Path.home()),
            "DEMO": "true",
            "DEMO_DIR": str(folder),
        },
    )


def test_an_invalid_demo_variable_is_named_as_given(tmp_path: Path) -> None:
    env = Environment({"DEMO_DATABASE_URL": "mysql://db.example.com/shop"})
    env, _ = at_home(env, tmp_path, nats_port=1, aws_port=2)
    with pytest.raises(Unreadable, match=r"^DEMO_DATABASE_URL cannot be read: it must be like"):
        env.database("DATABASE_URL")


def test_an_invalid_folder_is_named(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.touch()
    with pytest.raises(Unreadable, match=r"^DEMO_DIR=.*README\.md cannot be used "):
        demo_secret_key(file)


def test_only_the_owner_may_read_the_demo_secret(
    tmp_path: Path,
) -> None:
    key = demo_secret_key(tmp_path, keep=True)
    kept = tmp_path / "secret_key"
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.chmod(0o644)
    assert demo_secret_key(tmp_path, keep=True) == key
    assert kept.stat().st_mode & 0o777 == 0o600


def without_a_key(folder: Path) -> None:
    (folder / "secret_key").touch(mode=0o600)


def with_half_a_file(folder: Path) -> None:
    (folder / "secret_key").write_bytes(b"\xff\xfe")


def with_a_folder_in_its_place(folder: Path) -> None:
    (folder / "secret_key").mkdir()


def broken_off(folder: Path) -> None:
    (folder / ".secret_key.unfinished").touch()


@pytest.mark.parametrize("broken", [without_a_key, with_half_a_file, broken_off])
def test_a_half_written_key_is_replaced(tmp_path: Path, broken: Callable[[Path], None]) -> None:
    """`SECRET_KEY is empty: it must be a text.` ended each command from then on."""
    broken(tmp_path)
    assert demo_secret_key(tmp_path)
    key = demo_secret_key(tmp_path, keep=True)
    assert len(key) > 50
    assert demo_secret_key(tmp_path) == key
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


@pytest.mark.parametrize(
    "broken", [without_a_key, with_half_a_file, with_a_folder_in_its_place, broken_off]
)
def test_a_reset_needs_no_key(tmp_path: Path, broken: Callable[[Path], None]) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    broken(folder)
    reset = manage(folder, "demo", "--reset")
    assert (reset.returncode, reset.stderr) == (0, "")
    assert not folder.exists()
