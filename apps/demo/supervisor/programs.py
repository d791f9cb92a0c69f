"""The shop's processes as the demo runs them: `web`, every worker, Celery and beat."""

import math
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from apps.demo.supervisor.ports import HOST
from apps.demo.supervisor.process import Program, Stage

CELERY = ("celery", "--workdir=.", "--quiet", "--app=orders_site")


def web(*, port: int) -> Program:
    """granian, in front of `orders_site/rsgi.py` and its threads."""
    options = {
        "--interface": "rsgi",
        "--host": HOST,
        "--port": str(port),
        "--workers": "1",
        # Without it, granian never stops while a stream of server-sent events is open.
        "--workers-kill-timeout": "2",
        "--log-level": "error",
        "--process-name": "web",
    }
    return Program(
        name="web",
        command=python("granian", "--no-ws", *flags(options), "orders_site.rsgi:application"),
        stage=Stage.DOOR,
    )


def workers(instances: Mapping[str, int]) -> list[Program]:
    """Return one program for each instance in `settings.WORKERS`, Celery and beat excepted."""
    return [
        Program(
            name=name,
            title=f"workers.{name}",
            instance=str(slot) if count > 1 else "",
            command=python(f"workers.{name}"),
        )
        for name, count in instances.items()
        if name not in ("celery", "beat")
        for slot in range(1, count + 1)
    ]


def celery(instances: int) -> list[Program]:
    """Return Celery workers with a pool of threads: tasks wait for mail servers and databases."""
    options = ("--pool=threads", "--concurrency=2", "--loglevel=WARNING")
    # SQS carries neither events nor remote control.
    without = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    command = python(*CELERY, "worker", *options, *without)
    return [
        Program(
            name="celery",
            title="workers.celery",
            instance=str(slot) if instances > 1 else "",
            command=command,
        )
        for slot in range(1, instances + 1)
    ]


def beat(*, folder: Path) -> Program:
    """Celery's clock; it stores in a file when each task ran last."""
    return Program(
        name="beat",
        title="workers.beat",
        command=python(
            *(*CELERY, "beat", "--loglevel=WARNING", "--pidfile="),
            f"--schedule={folder / 'beat'}",
        ),
        stage=Stage.DOOR,
        most=1,  # Two clocks would have each task run twice.
    )


def management_command(name: str, *arguments: str, needs_ports: tuple[int, ...] = ()) -> Program:
    """A `manage.py` command that runs to its end."""
    return Program(
        name=name,
        command=python("django", name, *arguments),
        ends=True,
        needs_ports=needs_ports,
    )


def ready(*, port: int, waits_for_a_person: bool) -> Program:
    """Ends when `/readyz/all` answers 200, or with an error when that takes too long.

    A person may start a process that was left out much later: then no time is too long.
    """
    limit = [str(math.inf)] if waits_for_a_person else []
    command = python("apps.demo.supervisor.ready", str(port), *limit)
    return Program(name="ready", command=command, ends=True)


def reloading(program: Program) -> Program:
    """Return the same program, which ends and starts again when a file of it has changed."""
    command = python("apps.demo.reloading", *program.command)
    return replace(program, command=command, reloads=True)


def python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def flags(options: Mapping[str, str]) -> list[str]:
    return [part for option in options.items() for part in option]
