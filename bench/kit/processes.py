"""Processes that the bench starts: stopped by their ids, and measured through `/proc`."""

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from bench.kit.errors import BenchError
from tests.support.shell import forget_the_shell

STOPS_WITHIN_SECONDS = 20.0
_TICKS = os.sysconf("SC_CLK_TCK")

type Process = subprocess.Popen[bytes]


def without_the_shell() -> dict[str, str]:
    """Return the variables of this process without those that the shop would obey."""
    inherited = dict(os.environ)
    forget_the_shell(inherited)
    return inherited


def start(command: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Path) -> Process:
    """Start it in a process group of its own: Ctrl-C reaches the bench alone, which stops it."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command, cwd=cwd, env=env, stdout=output, stderr=output, process_group=0
        )


def stop(process: Process) -> None:
    """Let it stop as it should; kill it if it does not."""
    process.terminate()
    try:
        process.wait(STOPS_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run(command: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Run it to its end and return what it printed. Raises `BenchError` with its last lines."""
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        process_group=0,
    ) as process:
        try:
            output, errors = process.communicate()
        except BaseException:
            process.kill()  # Interrupted: nothing else would end it.
            raise
    if process.returncode:
        raise BenchError(f"{' '.join(command)} failed: {(output + errors)[-2000:]}")
    return output


def family(pid: int) -> list[int]:
    """Return the process and all that descend from it."""
    found = [pid]
    for parent in found:
        with suppress(FileNotFoundError, ProcessLookupError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


def pin(pids: Iterable[int], processors: set[int]) -> None:
    """Let these families run on these processors alone; what they start later runs there too."""
    families = [member for pid in pids for member in family(pid)]
    # A thread that is not moved yet may start another one.
    while elsewhere := [each for each in _threads(families) if _processors_of(each) != processors]:
        for thread in elsewhere:
            with suppress(ProcessLookupError):
                os.sched_setaffinity(thread, processors)


def _threads(pids: Iterable[int]) -> Iterator[int]:
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):
            yield from [int(thread.name) for thread in Path(f"/proc/{pid}/task").iterdir()]


def _processors_of(thread: int) -> set[int] | None:
    with suppress(ProcessLookupError):
        return os.sched_getaffinity(thread)
    return None


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return the processor time of these families since each began, ended children included."""
    ticks = 0
    for pid in pids:
        for member in family(pid):
            with suppress(FileNotFoundError, ProcessLookupError):
                # The name of a process may contain blanks; the numbers follow its bracket.
                fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
                ticks += sum(int(each) for each in fields[11:15])
    return ticks / _TICKS


def memory_bytes(pids: Iterable[int]) -> int:
    """Return the proportional set size of these processes; shared memory counts once."""
    total = 0
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total
