"""Durable events: the sales figures are computed again from the stream, beside the live ones."""

import subprocess
import sys

from django.conf import settings
from django.db.models import Max

from apps.lab.experiments.experiment import Asks, Experiment
from apps.lab.experiments.locks import SHOP_LOCK
from apps.lab.experiments.members import environment_of_ours
from apps.lab.experiments.running import NotRunnable, Running
from apps.messaging.models import OutboxMessage
from apps.orders.events import ORDERS

AT_MOST = 5000
"""Events that are read by default: they take about a second."""
TIMEOUT = 60.0
ON_THEIR_WAY = "not counted live, or not yet"
ONCE_MORE = 3


def run(running: Running) -> None:
    start = max(running.number, 1)
    command = ["manage.py", "replay", "sales", "--from-sequence", str(start)]
    running.say(f"{' '.join(command)}, without --apply: nothing is changed.")
    lines = _output_of(command)
    for _ in range(ONCE_MORE):
        if not any(line.startswith(ON_THEIR_WAY) for line in lines):
            break
        running.say("The live figures had not counted some events yet: compare again.")
        lines = _output_of(command)
    running.say("\n".join(lines))
    days = next((line for line in lines if line.startswith("whole days")), "").partition(": ")[2]
    if days == "none":
        raise NotRunnable(
            "The range has no whole day to compare: begin earlier. 1 is the first event."
        )
    running.count_equal(f"figures that differ on {days}", predicted=0, counted=_differences(lines))


def recent_sequence() -> int:
    """Return the sequence `AT_MOST` events before the last one, or 1."""
    events = OutboxMessage.objects.filter(destination__startswith=ORDERS.subjects[0].rstrip(">"))
    last = events.aggregate(last=Max("stream_sequence"))["last"] or 1
    return max(1, last - AT_MOST)


def _output_of(command: list[str]) -> list[str]:
    """Return the lines that it prints. Raises `NotRunnable` with its error."""
    try:
        done = subprocess.run(  # noqa: S603  our own words, and a number
            [sys.executable, *command, "--verbosity=0"],
            cwd=settings.BASE_DIR,
            env=environment_of_ours(),
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotRunnable(f"The replay has not ended within {TIMEOUT:.0f} s.") from error
    if done.returncode:
        raise NotRunnable(
            done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "It failed."
        )
    return done.stdout.strip().splitlines()


def _differences(lines: list[str]) -> int:
    """Return how many rows the table of differences has."""
    heading = next((place for place, line in enumerate(lines) if line.startswith("DAY")), None)
    return 0 if heading is None else len(lines) - heading - 2  # The last line says what was done.


EXPERIMENT = Experiment(
    slug="replay-sales",
    pattern="durable-events",
    title="Replay of the sales",
    why="A stream can be read again from any sequence. So a projection that is wrong, or new, can "
    "be built from it while the shop runs.",
    predicts=(
        (
            "On every day whose events are all in the range, the figures of the replay equal the "
            "live figures."
        ),
        "A day with only some of its events in the range is left out, and named.",
    ),
    takes=3,
    lock=SHOP_LOCK,
    asks=Asks(label="From sequence", default=recent_sequence),
    run=run,
)
