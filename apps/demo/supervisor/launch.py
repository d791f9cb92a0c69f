"""A command line → a running process: forked from this one, or spawned.

A fork shares the modules that this process has imported: it takes half the memory and a third of
the time of a new interpreter. It is safe while this process has no thread and no connection
(`preload.py` checks this).
"""

import ctypes
import os
import runpy
import signal
import sys
import traceback
from contextlib import suppress
from typing import NoReturn

from django.conf import settings
from setproctitle import getproctitle, setproctitle

from apps.demo.supervisor.metrics_ports import port_of

# The first call looks for the title's place, and fails if the environment has changed before.
getproctitle()

# macOS can fork, but its system libraries crash in the child.
CAN_FORK = sys.platform == "linux"
_PYTHON_MODULE = [sys.executable, "-m"]
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
_PR_SET_PDEATHSIG = 1


def launch(
    command: list[str], *, title: str, instance: str, output: int, fork: bool, fresh: bool = False
) -> int:
    """Start the command in its own process group in this session; return its pid.

    `output` is the file descriptor of its output. With `fork`, `python -m MODULE` runs in a fork of
    this process, and any other command is executed; with `fresh` a module has an interpreter of its
    own too, which reads all files again.
    """
    own = {"WORKER_INSTANCE": instance, "METRICS_PORT": str(port_of(title, instance))}
    if not fork:
        return _spawn(command, own=own, output=output)
    parent = os.getpid()
    # A signal must not reach the child before it has set its own signal handlers.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        pid = os.fork()
        if pid == 0:
            in_fork = command[:2] == _PYTHON_MODULE and not fresh
            _be_the_child(
                command, title if in_fork else None, own=own, output=output, parent=parent
            )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    with suppress(OSError):  # The child sets it too: either may be first.
        os.setpgid(pid, pid)
    return pid


def _spawn(command: list[str], *, own: dict[str, str], output: int) -> int:
    return os.posix_spawn(
        command[0],
        command,
        os.environ | own,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, output, 1),
            (os.POSIX_SPAWN_DUP2, output, 2),
        ],
        setpgroup=0,
        setsigdef=[signal.SIGPIPE],
    )


def _be_the_child(
    command: list[str], title: str | None, *, own: dict[str, str], output: int, parent: int
) -> NoReturn:
    """Run the command: in this process under `title`, or in its place if there is none.

    `own` has the variables in which it differs from its siblings.
    """
    code = 1
    try:
        os.setpgid(0, 0)
        _die_with(parent)
        _take_over_streams(output)
        _reset_signals()
        _take_over_variables(own)
        if title is not None:
            setproctitle(title)
            _run_module(command[2], command[3:])
        else:
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            os.execv(command[0], command)  # noqa: S606 - without a shell is what we want
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):  # As Python does when it exits.
            sys.stderr.write(f"{end.code}\n")
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        # Skip the clean-up of `sys.exit`: it belongs to the parent.
        os._exit(code)


def _die_with(parent: int) -> None:
    """Have Linux send SIGTERM to this process when the supervisor has died."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


def _take_over_variables(own: dict[str, str]) -> None:
    os.environ |= own
    # This process has read its settings before the fork.
    settings.WORKER_INSTANCE = own["WORKER_INSTANCE"]
    settings.METRICS_PORT = int(own["METRICS_PORT"])


def _take_over_streams(output: int) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    # The child must not keep the supervisor's lock, selector and pipes open.
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    sys.stdout = open(1, "w", buffering=1, closefd=False)  # noqa: SIM115 - stays open


def _reset_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


def _run_module(module: str, arguments: list[str]) -> None:
    # `runpy` warns about a module that is imported already.
    if not hasattr(sys.modules.get(module), "__path__"):
        sys.modules.pop(module, None)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
