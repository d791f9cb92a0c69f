"""Variables of the shell that Celery would obey: known by asking Celery itself."""

import re
from pathlib import Path

import celery
import pytest
from celery.bin.celery import celery as command_line
from click import Context, Option

from orders_site.conf.celery_variables import BY_NAME, obeyed_by_celery
from orders_site.conf.environment import Environment
from orders_site.conf.unreadable import Unreadable


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


def refuse(variable: str) -> None:
    env = Environment({variable: "1"})
    env.require_unset(obeyed_by_celery([variable]), "Celery would obey it by itself")
