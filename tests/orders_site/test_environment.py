"""Variables of the environment: what each may hold, and the one line where it cannot be read."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from orders_site.environment import Environment, Unreadable
from tests.processes import ROOT

SHOW = """
from django.conf import settings
for name in sorted(dir(settings)):
    if name.isupper():
        print(name, repr(getattr(settings, name)))
"""
TYPED = re.compile(r'env\.(int|float|bool|choice)\("([A-Z_0-9]+)"')
EXAMPLE = dict(
    line.lstrip("#").split("=", 1)
    for line in (ROOT / ".env.example").read_text().splitlines()
    if re.match(r"#?[A-Z][A-Z0-9_]*=", line)
)
# What would lead to other lines than those of the settings.
SAMPLES = {
    "AWS_ACCESS_KEY_ID": "AKIA",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
    "MEDIA_ROOT": "/srv/pictures",
    "LAB_NATS_URL": "nats://lab:pw@nats.example.com",
}


def settings_with(**variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "orders_site.settings",
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def typed_variables() -> list[str]:
    sources = (ROOT / "orders_site" / name for name in ("settings.py", "picture_storage.py"))
    return [found[2] for source in sources for found in TYPED.finditer(source.read_text())] + [
        "LOG_LEVEL"
    ]


def test_the_settings_have_typed_variables() -> None:
    assert {"SQS_WAIT_SECONDS", "PAGES", "LOG_FORMAT", "MEDIA_STORAGE"} <= set(typed_variables())


@pytest.mark.parametrize("kind", ["int", "float", "bool"])
@pytest.mark.parametrize("text", ["", "maybe", "2m", "1,5x", "inf"])
def test_what_cannot_be_read_is_named(kind: str, text: str) -> None:
    with pytest.raises(Unreadable, match=r"^WAIT.* it must be") as unreadable:
        getattr(Environment({"WAIT": text}), kind)("WAIT", default=1)
    assert text in str(unreadable.value)


@pytest.mark.parametrize("text", ["0", "-5", "65536", "http"])
def test_a_port_that_is_none_is_named(text: str) -> None:
    with pytest.raises(Unreadable, match=rf"^PORT={text} cannot be read: .* from 1 to 65535"):
        Environment({"PORT": text}).port("PORT", default=8000)


@pytest.mark.parametrize("variable", sorted({"SQS_WAIT_SECONDS", "LOG_LEVEL", "PAGES", "PORT"}))
@pytest.mark.parametrize("value", ["", "maybe"])
@pytest.mark.parametrize(
    "command",
    [
        ["manage.py", "check"],
        ["-m", "workers.order_listener"],
        ["-m", "celery", "-A", "orders_site", "worker"],
        ["-c", "import orders_site.wsgi"],
    ],
    ids=lambda command: command[-1],
)
def test_a_process_says_so_in_one_line_and_ends(
    variable: str, value: str, command: list[str], tmp_path: Path
) -> None:
    ended = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DEMO": "true",
            "DEMO_DIR": str(tmp_path),
            variable: value,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith(variable)
    assert "it must be" in line


def test_a_level_in_small_letters_is_a_level() -> None:
    assert Environment({"LEVEL": "debug"}).choice("LEVEL", ("DEBUG", "INFO")) == "DEBUG"


@pytest.mark.parametrize(("text", "meant"), [("True", True), ("0", False), ("OFF", False)])
def test_yes_and_no(text: str, *, meant: bool) -> None:
    assert Environment({"PAGES": text}).bool("PAGES", default=not meant) is meant


def test_a_missing_one_is_named() -> None:
    with pytest.raises(Unreadable, match=r"^SECRET_KEY is not set"):
        Environment({}).str("SECRET_KEY")


def test_blanks_between_hosts_are_no_part_of_them() -> None:
    assert Environment({"HOSTS": "a.example.com, b.example.com"}).list("HOSTS") == [
        "a.example.com",
        "b.example.com",
    ]


@pytest.mark.parametrize("url", ["mysqll://shop:s3cr3t@db/x", "postgres://shop:s3cr3t@db:no/x"])
def test_what_is_wrong_with_a_url_does_not_show_its_password(url: str) -> None:
    with pytest.raises(Unreadable, match=r"^DATABASE_URL cannot be read") as unreadable:
        Environment({"DATABASE_URL": url}).database("DATABASE_URL")
    assert "s3cr3t" not in str(unreadable.value)


def test_a_dollar_at_the_beginning_stays() -> None:
    """django-environ would look for a variable of that name."""
    assert Environment({"SECRET_KEY": "$ecret"}).str("SECRET_KEY") == "$ecret"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_one_newline_at_the_end_of_a_file_is_no_part_of_the_value(tmp_path: Path, end: str) -> None:
    file = tmp_path / "key"
    file.write_bytes(f" a key {end}".encode())
    assert Environment({"KEY_FILE": str(file)}).str("KEY") == " a key "


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"^KEY_FILE=.*No such file"):
        Environment({"KEY_FILE": str(tmp_path / "none")}).str("KEY")


def test_each_variable_may_come_from_a_file_with_a_newline_at_its_end(tmp_path: Path) -> None:
    """All at once: the settings are those of the variables themselves."""
    values = {
        name: SAMPLES.get(name, value)
        for name, value in EXAMPLE.items()
        if SAMPLES.get(name, value) and not name.endswith("_FILE")
    }
    direct = settings_with(**values)
    for name, value in values.items():
        (tmp_path / name).write_text(f"{value}\n")
    from_files = settings_with(**{f"{name}_FILE": str(tmp_path / name) for name in values})
    assert direct.returncode == 0, direct.stderr
    assert "token" in direct.stdout
    # Functions and objects are shown with their addresses.
    assert re.sub(r"0x\w+", "", from_files.stdout) == re.sub(r"0x\w+", "", direct.stdout)
