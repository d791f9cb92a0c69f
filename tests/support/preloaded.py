"""A Python process that has imported the third-party packages, and forks for each program.

This saves two thirds of a process's start. The fork imports the shop's own modules, beginning with
its settings, with the environment that the test gives. `tests.support.python` uses it.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import ModuleType
from typing import Any, NoReturn

# Nothing here may read a variable, nor the settings, while it is imported.
PACKAGES = (
    "PIL.Image",
    "boto3",
    "botocore.client",
    "botocore.credentials",
    "botocore.handlers",
    "celery.bin.celery",
    "django.contrib.admin.apps",
    "django.contrib.admin.checks",
    "django.contrib.admin.helpers",
    "django.contrib.auth.apps",
    "django.contrib.auth.checks",
    "django.contrib.auth.hashers",
    "django.contrib.auth.password_validation",
    "django.contrib.contenttypes.checks",
    "django.contrib.messages.middleware",
    "django.contrib.sessions.backends.base",
    "django.contrib.sessions.middleware",
    "django.contrib.staticfiles.checks",
    "django.contrib.staticfiles.finders",
    "django.core.cache.backends.locmem",
    "django.core.handlers.wsgi",
    "django.core.mail.backends.smtp",
    "django.core.management.commands.check",
    "django.core.management.commands.migrate",
    "django.core.servers.basehttp",
    "django.core.wsgi",
    "django.db.backends.postgresql.base",
    "django.db.backends.sqlite3.base",
    "django.db.migrations.autodetector",
    "django.db.migrations.executor",
    "django.db.migrations.writer",
    "django.forms",
    "django.middleware.clickjacking",
    "django.middleware.common",
    "django.middleware.csp",
    "django.middleware.csrf",
    "django.middleware.security",
    "django.template.backends.django",
    "django.template.defaulttags",
    "django.template.loader_tags",
    "django.templatetags.i18n",
    "django.templatetags.l10n",
    "django.templatetags.tz",
    "django.views.debug",
    "django.views.defaults",
    "django.views.static",
    "django_htmx.jinja",
    "django_htmx.middleware",
    "environ",
    "granian.cli",
    "jinja2",
    "kombu.transport.SQS",
    "limits.strategies",
    "moto.s3.responses",
    "moto.server",
    "moto.sqs.responses",
    "nats.js",
    "nats.micro",
    "psycopg",
    "pydantic",
    "pydantic.dataclasses",
    "pydantic.json_schema",
    "pydantic.main",
    "pydantic.networks",
    "pydantic.type_adapter",
    "pygments.lexers.javascript",
    "pygments.lexers.shell",
    "structlog",
    "unittest.mock",
    "uvloop",
    "whitenoise.middleware",
)
LARGEST_REQUEST = 1 << 17
"""Bytes: arguments and variables of a program."""


def main() -> None:
    """Serve until the client has gone: start each program that it asks for."""
    for name in PACKAGES:
        importlib.import_module(name)
    gc.freeze()  # Else each fork would take all of it apart when it ends.
    signal.signal(signal.SIGCHLD, reap)
    asked = socket.socket(fileno=int(sys.argv[1]))
    while True:
        request, files, *_ = socket.recv_fds(asked, LARGEST_REQUEST, 3)
        if not request:
            return
        if not os.fork():
            asked.close()
            attend(json.loads(request), *files)
        for file in files:
            os.close(file)


def reap(*_: object) -> None:
    """Wait for those that have attended to a program that has ended: its time counts as ours."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def attend(program: dict[str, Any], output: int, errors: int, tells: int) -> NoReturn:
    """Fork the program; write its pid and, when it has ended, its exit code to that socket."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if not pid:
        os.close(tells)
        end(partial(run, **program, outputs=[output, errors]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.close(output)
    os.close(errors)
    os.write(tells, str(pid).encode())
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with suppress(BrokenPipeError):  # The test has not waited for its end.
        os.write(tells, str(code).encode())
    os._exit(0)


def end(program: Callable[[], None]) -> NoReturn:
    """Run it and end as Python does, but for taking all apart that was preloaded: that takes
    longer than most programs."""
    code: object = 0
    try:
        program()
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    if not isinstance(code, int):
        sys.stderr.write(f"{code}\n")
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]  # It waits for threads, and tells pools.
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def run(
    *, arguments: list[str], env: dict[str, str], cwd: str, group: bool, outputs: list[int]
) -> None:
    """Run as `python ARGUMENTS` in that environment; an error ends this process as it would end
    any other. With `group` it leads a process group of its own."""
    if group:
        os.setsid()
    for output, number in zip(outputs, (sys.stdout.fileno(), sys.stderr.fileno()), strict=True):
        os.dup2(output, number)
        os.close(output)
    os.chdir(cwd)
    os.environ.clear()
    os.environ |= env
    time.tzset()
    sys.path[0:1] = [cwd, *filter(None, env.get("PYTHONPATH", "").split(os.pathsep))]
    match arguments:
        case ["-c", code, *more]:
            sys.argv = ["-c", *more]
            sys.modules["__main__"] = program = ModuleType("__main__")
            exec(compile(code, "<string>", "exec"), program.__dict__)
        case ["-m", module, *more]:
            sys.argv = [module, *more]
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case [script, *more]:
            sys.argv = [script, *more]
            runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main()
