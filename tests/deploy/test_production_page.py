"""The configuration of NATS that `docs/production.md` composes, as nats-server reads it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.production import users
from tests.deploy.production_page import PAGE
from tests.support.certificates import Authority
from tests.support.nats_server import nats_server_path

(SNIPPET,) = re.findall(r"^```\n(include .*?)^```", PAGE, re.MULTILINE | re.DOTALL)
PASSWORDS = re.findall(r"\$(NATS_PASSWORD_\w+)", users())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What stands beside each other on a machine of NATS."""
    authority = Authority(tmp_path, "ca")
    file, key = authority.issue("machine")
    shutil.copy(file, tmp_path / "server.pem")
    shutil.copy(key, tmp_path / "server.key")
    (included,) = re.findall(r"^include \./(\S+)", SNIPPET)
    (tmp_path / included).write_text(users())
    (tmp_path / "server.conf").write_text(SNIPPET)
    return tmp_path


def read_by_nats(folder: Path, *passwords: str) -> "subprocess.CompletedProcess[str]":
    given = dict.fromkeys(passwords, "pw")
    return subprocess.run(
        [nats_server_path(), "-c", "server.conf", "-t"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **given},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_servers_configuration_is_valid(folder: Path) -> None:
    done = read_by_nats(folder, *PASSWORDS)
    assert done.returncode == 0, done.stderr


def test_each_of_its_users_needs_a_password(folder: Path) -> None:
    for left_out in PASSWORDS:
        done = read_by_nats(folder, *(name for name in PASSWORDS if name != left_out))
        assert left_out in done.stderr


def test_it_has_no_user_of_the_lab() -> None:
    assert not {"NATS_PASSWORD_LAB", "NATS_PASSWORD_BEAT"} & {*PASSWORDS}
