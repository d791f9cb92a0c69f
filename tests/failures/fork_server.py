"""The loaded parent of the processes that these tests kill: forking them is quick.

`python -m tests.failures.fork_server`: one request a line, one answer a line, both JSON.
"""

import json
import os
import sys
import time
from typing import Any

import workers  # noqa: F401  sets Django up, before any app is imported
from apps.demo.supervisor.launch import launch
from apps.demo.supervisor.preload import preload
from apps.messaging import hooks
from apps.messaging.hooks import faults

LOOK_EVERY_SECONDS = 0.01


def start(*, command: list[str], title: str, instance: str, broken: str, log: str) -> int:
    """Fork the process and return its pid; `broken` is its `FAILPOINTS`."""
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    faults.arm(broken)
    try:
        return launch(command, title=title, instance=instance, output=output, fork=True)
    finally:
        hooks.detach()
        os.close(output)


def wait(*, pid: int, seconds: float) -> int | None:
    """Return the exit code, or None if the process still runs after the timeout."""
    deadline = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > deadline:
            return None
        time.sleep(LOOK_EVERY_SECONDS)


def main() -> None:
    preload()
    for line in sys.stdin:
        request: dict[str, Any] = json.loads(line)
        answer = start(**request) if request.pop("do") == "start" else wait(**request)
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
