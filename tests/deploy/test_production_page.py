"""The configuration of NATS that `docs/production.md` composes, as nats-server reads it."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.nats_conf import rights_of_users, without_lab
from tests.deploy.nats_users import CONFIG
from tests.deploy.production import passwords, users
from tests.deploy.production_page import LINES, PAGE
from tests.support.certificates import Authority
from tests.support.nats_server import nats_server_path

(SNIPPET,) = re.findall(r"^```\n(include .*?)^```", PAGE, re.MULTILINE | re.DOTALL)
(START,) = [line for line in LINES if line.startswith("nats-server")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What stands beside each other on a machine of NATS."""
    file, key = Authority(tmp_path, "ca").issue("machine")
    shutil.copy(file, tmp_path / "server.pem")
    shutil.copy(key, tmp_path / "server.key")
    (included,) = re.findall(r"^include \./(\S+)", SNIPPET)
    (tmp_path / included).write_text(users())
    (tmp_path / "server.conf").write_text(SNIPPET)
    return tmp_path


def read_by_nats(folder: Path, *given: str) -> "subprocess.CompletedProcess[str]":
    """Let nats-server read what the page's line starts it with, without starting it."""
    _, *words = shlex.split(START.replace("$ROUTES", "pw"))
    return subprocess.run(
        [nats_server_path(), *words, "-t"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **dict.fromkeys(given, "pw")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_servers_configuration_is_valid(folder: Path) -> None:
    done = read_by_nats(folder, *passwords())
    assert done.returncode == 0, done.stderr


def test_each_of_its_users_needs_a_password(folder: Path) -> None:
    for left_out in passwords():
        done = read_by_nats(folder, *(name for name in passwords() if name != left_out))
        assert left_out in done.stderr


def test_it_has_the_rights_without_the_lab_and_no_others() -> None:
    assert rights_of_users(users()) == rights_of_users(without_lab(CONFIG))
