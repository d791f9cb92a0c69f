"""A Python that has imported other people's packages, and forks for each program it is to run.

A third of a process's start is then left: what is the shop's own, its settings first of all, is
imported in the fork, from the environment that the test gives. `tests.support.python` is who asks.
"""

import gc
import importlib
import json
import os
import runpy
import socket
import sys
import time
from types import ModuleType

# Nothing here may read a variable, nor the settings, while it is imported.
PACKAGES = (
    "PIL.Image",
    "boto3",
    "botocore.client",
    "botocore.credentials",
    "botocore.handlers",
    "celery.bin.celery",
    "django.contrib.admin.checks",
    "django.contrib.auth.hashers",
    "django.contrib.staticfiles.finders",
    "django.core.mail.backends.smtp",
    "django.core.management.commands.check",
    "django.db.backends.sqlite3.base",
    "django.forms",
    "django.template.backends.django",
    "environ",
    "kombu.transport.SQS",
    "limits.strategies",
    "nats.js",
    "psycopg",
    "pydantic",
    "structlog",
    "whitenoise.middleware",
)
LARGEST_REQUEST = 1 << 17
"""Bytes: arguments and variables of a program."""


def main() -> None:
    """Serve until whoever asks has gone: pid and exit code of each program, one at a time."""
    for name in PACKAGES:
        importlib.import_module(name)
    gc.freeze()  # Else each fork would take all of it apart when it ends.
    asked = socket.socket(fileno=int(sys.argv[1]))
    while True:
        request, outputs, *_ = socket.recv_fds(asked, LARGEST_REQUEST, 2)
        if not request:
            return
        pid = os.fork()
        if not pid:
            asked.close()
            run(**json.loads(request), outputs=outputs)
            return
        for output in outputs:
            os.close(output)
        asked.send(str(pid).encode())
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        asked.send(str(code).encode())


def run(*, arguments: list[str], env: dict[str, str], cwd: str, outputs: list[int]) -> None:
    """Be `python ARGUMENTS` in that environment; whatever is raised ends this process as it does
    any other."""
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
