"""The demo's own variables: all it keeps lies in its folder, whatever that is called."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orders_site.demo_defaults import (
    OTHER_ACCOUNTS,
    at_home,
    demo_defaults,
    demo_secret_key,
    forget_other_accounts,
)
from orders_site.environment import Environment, Unreadable
from orders_site.mailers import mailer_from
from tests.processes import ROOT


@pytest.mark.parametrize(
    "name", ["c++", "C# demo", "50%", "a b", "x%20y", "q?z", "ä", "a&b", "semi;colon", "a@b:c"]
)
def test_database_and_mails_lie_in_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    env = Environment(demo_defaults(folder, nats_port=1, aws_port=2))
    assert env.database("DATABASE_URL")["NAME"] == str(folder / "db.sqlite3")
    mailer = mailer_from(env.email("EMAIL_URL"))
    assert mailer["OPTIONS"] == {"file_path": str(folder / "mail")}


def test_a_developers_own_account_is_out_of_reach(tmp_path: Path) -> None:
    """With a region of its table the AWS CLI 1.x would go to AWS itself, with these keys."""
    left_over = dict.fromkeys(OTHER_ACCOUNTS, "us-east-1")
    show = "import os, sys; sys.argv = ['manage.py', 'demo', '--env']; import runpy; "
    show += "runpy.run_path('manage.py', run_name='__main__')"
    told = subprocess.run(
        [sys.executable, "-c", show],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DEMO_DIR": str(tmp_path), **left_over},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    shell = subprocess.run(
        ["bash", "-c", f"{told}\nenv"],
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


def test_processes_of_the_demo_inherit_nobodys_account() -> None:
    variables = {**dict.fromkeys(OTHER_ACCOUNTS, "theirs"), "AWS_PORT": "4566", "PATH": "/bin"}
    forget_other_accounts(variables)
    assert variables == {"AWS_PORT": "4566", "PATH": "/bin"}


def test_a_way_of_the_demos_own_is_named_as_it_was_given(tmp_path: Path) -> None:
    env = Environment({"DEMO_DATABASE_URL": "mysql://db.example.com/shop"})
    env, _ = at_home(env, tmp_path, nats_port=1, aws_port=2)
    with pytest.raises(Unreadable, match=r"^DEMO_DATABASE_URL cannot be read: it must be like"):
        env.database("DATABASE_URL")


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.touch()
    with pytest.raises(Unreadable, match=r"^DEMO_DIR=.*README\.md cannot be used "):
        demo_secret_key(file)
