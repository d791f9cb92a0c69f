"""Forks one command as the supervisor does, from a process without threads, as pytest's is not.

Prints the child's pid, then the child's output, until the child ends.
"""

import os
import sys

from apps.demo.supervisor.launch import launch


def main(command: list[str]) -> None:
    read_end, write_end = os.pipe()
    pid = launch(command, title="workers.stand_in", instance="7", output=write_end, fork=True)
    os.close(write_end)
    sys.stdout.write(f"forked={pid}\n")
    sys.stdout.flush()
    while data := os.read(read_end, 4096):
        os.write(1, data)
    _, status = os.waitpid(pid, 0)
    sys.stdout.write(f"code={os.waitstatus_to_exitcode(status)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
