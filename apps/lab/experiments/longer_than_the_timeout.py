"""SQS: a job that takes three visibility timeouts, with the heartbeat and without it."""

from functools import partial

from apps.lab.experiments.errands import VISIBILITY, begin_empty, send
from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.locks import QUEUE_LOCK
from apps.lab.experiments.members import Member, ready
from apps.lab.experiments.running import NotRunnable, Running
from apps.lab.polling import until

TIMEOUTS = 3
TAKES = TIMEOUTS * VISIBILITY
BEGINS_WITHIN_SECONDS = 15.0
DONE_WITHIN_SECONDS = TAKES + 10.0


def run(running: Running) -> None:
    begin_empty()
    with_it = _times_done(running, "with the heartbeat")
    without = _times_done(running, "without it", FAILPOINTS="job.heartbeat=skip")
    running.count_equal("times done, with the heartbeat", predicted=1, counted=with_it)
    # Twice as a rule; three times if the first worker is free before the second has ended.
    running.count(
        "times done, without it", predicted="more than 1", counted=without, held=without > 1
    )


def _times_done(running: Running, how: str, **environment: str) -> int:
    """Start two workers for one job; return how often it was done."""
    timing = {"SQS_VISIBILITY_TIMEOUT": str(VISIBILITY), "SQS_WAIT_SECONDS": "1"} | environment
    workers = [Member("errands", f"worker-{number}", **timing) for number in (1, 2)]
    with ready(*workers):
        send(running, seconds=TAKES)
        if not until(partial(_reports, workers, "begun"), within=BEGINS_WITHIN_SECONDS):
            raise NotRunnable(f"No worker began the job within {BEGINS_WITHIN_SECONDS:.0f} s.")
        running.say(f"Two workers, {how}: one has received the job, which takes {TAKES} s.")
        until(partial(_is_over, workers), within=DONE_WITHIN_SECONDS)
        for worker in workers:
            for begun in worker.reports_of("begun"):
                running.say(f"{worker.name} did it as attempt {begun['attempt']}.")
    return _reports(workers, "done")


def _reports(workers: list[Member], what: str) -> int:
    return sum(len(worker.reports_of(what)) for worker in workers)


def _is_over(workers: list[Member]) -> bool:
    return 0 < _reports(workers, "begun") == _reports(workers, "done")


EXPERIMENT = Experiment(
    slug="longer-than-the-timeout",
    pattern="sqs-jobs",
    title="A job longer than the timeout",
    why="The visibility timeout counts seconds, not work. A worker that needs longer must extend "
    "it in time, again and again: that is the heartbeat.",
    predicts=(
        f"With the heartbeat a job of {TIMEOUTS} visibility timeouts ({TAKES} s) is done once.",
        ("Without it the job becomes visible while it is being done, and is done more than once."),
    ),
    takes=35,
    lock=QUEUE_LOCK,
    run=run,
)
