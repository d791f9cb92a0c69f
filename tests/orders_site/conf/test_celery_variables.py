"""Variables of the shell that Celery would obey: known by asking Celery itself."""

import os
import re
import subprocess
import sysconfig
from pathlib import Path

import celery
import pytest
from celery.bin.celery import celery as command_line
from click import Context, Option

from orders_site.conf.celery_variables import BY_NAME, obeyed_by_celery
from orders_site.conf.environment import Environment
from orders_site.conf.unreadable import Unreadable

ROOT = Path(__file__).parents[3]


def test_variables_that_celery_reads_by_name_are_known() -> None:
    folder = Path(celery.__file__).parent
    url_or_module = "(?:URL|BACKEND|LOADER|MODULE)"
    read = re.findall(
        rf"environ\.get\('(CELERY_[A-Z_]*{url_or_module})'",
        "".join((folder / "app" / name).read_text() for name in ("base.py", "utils.py")),
    )
    options = re.findall(
        rf"envvar='([A-Z_]*{url_or_module})'", (folder / "bin/celery.py").read_text()
    )
    assert read
    assert options
    assert {*read, *options} <= set(BY_NAME)


def options_of(command: str) -> dict[str, str]:
    """The variable of each option of `celery COMMAND` that click finds a value in."""
    parent = Context(command_line, auto_envvar_prefix="CELERY")
    context = Context(command_line.commands[command], parent=parent, info_name=command)
    prefix = f"CELERY_{command.upper()}_"
    options = [each for each in context.command.params if isinstance(each, Option)]
    with pytest.MonkeyPatch.context() as shell:
        for option in options:
            shell.setenv(f"{prefix}{option.name}".upper(), "1")
        found = {
            f"{prefix}{each.name}".upper(): each.resolve_envvar_value(context) for each in options
        }
    return {name: value for name, value in found.items() if value}


def celery_commands() -> list[list[str]]:
    """The arguments of `celery` in each service of compose."""
    text = (ROOT / "docker-compose.yml").read_text()
    return [
        found[1].split()
        for found in re.finditer(r"^ +celery (--.*(?:\n +\S.*)*?)\n +\w+:", text, re.M)
    ]


def test_compose_has_two_services_of_celery() -> None:
    assert len(celery_commands()) == 2


@pytest.mark.parametrize("command", ["worker", "beat", "purge", "events", "call"])
def test_each_option_that_celery_takes_from_the_shell_is_known(command: str) -> None:
    obeyed = options_of(command)
    assert obeyed
    assert obeyed_by_celery(obeyed) == sorted(obeyed)


@pytest.mark.parametrize(
    "variable",
    [
        *BY_NAME,
        "CELERY_BEAT_DETACH",
        "CELERY_BEAT_SCHEDULER",
        "CELERY_BROKER",
        "CELERY_CONFIG",
        "CELERY_WORKDIR",
        "CELERY_WORKER_BEAT",
        "CELERY_WORKER_DETACH",
        "CELERY_WORKER_INCLUDE",
        "CELERY_WORKER_PURGE",
        "CELERY_WORKER_QUEUES",
    ],
)
def test_a_variable_of_celery_is_rejected(variable: str) -> None:
    with pytest.raises(Unreadable, match=f"^{variable} is set, and Celery .* unset it"):
        refuse(variable)


@pytest.mark.parametrize(
    "variable", ["CELERY_QUEUE_URL", "CELERY_SERVICE_HOST", "CELERY_TASK_ALWAYS_EAGER", "PATH"]
)
def test_variables_that_celery_ignores_are_accepted(variable: str) -> None:
    refuse(variable)


@pytest.mark.parametrize("elsewhere", ["/tmp", "/nowhere"])
@pytest.mark.parametrize("command", celery_commands(), ids=lambda command: command[3])
def test_a_celery_of_compose_does_not_start_elsewhere(command: list[str], elsewhere: str) -> None:
    """Celery alone says that it finds no app, or shows a traceback."""
    program = Path(sysconfig.get_path("scripts")) / "celery"
    refused = subprocess.run(
        [str(program), *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DEMO": "true", "CELERY_WORKDIR": elsewhere},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert refused.returncode == 1
    assert (
        refused.stderr == "CELERY_WORKDIR is set, and Celery would obey it by itself: unset it.\n"
    )


def refuse(variable: str) -> None:
    env = Environment({variable: "1"})
    env.require_unset(obeyed_by_celery([variable]), "Celery would obey it by itself")
