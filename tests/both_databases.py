"""`make test`: the same command on SQLite and on PostgreSQL at once, since most tests wait."""

import os
import shutil
import signal
import sys
from collections.abc import Sequence
from subprocess import STDOUT, Popen
from tempfile import TemporaryFile


def main(command: Sequence[str]) -> int:
    """Show the output of each run, PostgreSQL's at the end. Return 0 if both succeed, else 1."""
    on_postgresql = os.environ | {"TEST_DATABASE": "postgresql"}
    with (
        TemporaryFile() as output,
        Popen(command) as first,
        Popen(command, env=on_postgresql, stdout=output, stderr=STDOUT) as second,
    ):
        # Ctrl-C reaches both. They stop the servers that they have started, and this waits.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        failed = [each.wait() != 0 for each in (first, second)]
        output.seek(0)
        shutil.copyfileobj(output, sys.stdout.buffer)
    return int(any(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
