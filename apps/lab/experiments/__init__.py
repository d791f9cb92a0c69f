"""Experiments: each predicts what a promise says, runs, and compares it with what was counted.

Read `experiment` and one of them first, such as `crash_before_ack`. `runner` runs it in a thread;
it works through a `Running`, which sets faults, waits for hops and counts.
"""

from apps.lab.experiments import (
    crash_before_ack,
    django_tasks,
    duplicate_publish,
    falling_behind,
    fifo,
    longer_than_the_timeout,
    mails,
    more_than_handled,
    no_answer,
    nobody_listening,
    one_key_blocked,
    outbox_off,
    poison_and_redrive,
    received_not_deleted,
    replay_sales,
    responders_split,
    three_members,
    two_guarantees,
    two_versions,
    wildcards,
)
from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.runner import close_the_dead
from apps.lab.models import Run
from apps.lab.queries import newest_run

EXPERIMENTS: list[Experiment] = [
    nobody_listening.EXPERIMENT,
    wildcards.EXPERIMENT,
    three_members.EXPERIMENT,
    no_answer.NO_RESPONDER,
    no_answer.SLOW_RESPONDER,
    responders_split.EXPERIMENT,
    no_answer.NO_TIMEOUT,
    crash_before_ack.EXPERIMENT,
    two_guarantees.EXPERIMENT,
    duplicate_publish.EXPERIMENT,
    poison_and_redrive.EXPERIMENT,
    outbox_off.EXPERIMENT,
    django_tasks.EXPERIMENT,
    one_key_blocked.EXPERIMENT,
    two_versions.EXPERIMENT,
    replay_sales.EXPERIMENT,
    more_than_handled.EXPERIMENT,
    falling_behind.EXPERIMENT,
    received_not_deleted.RECEIVED_NOT_DELETED,
    received_not_deleted.SECOND_RECEIPT_HANDLE,
    longer_than_the_timeout.EXPERIMENT,
    fifo.EXPERIMENT,
    mails.MAIL_SERVER_FAILS,
    mails.TASK_TWICE,
]


def of(pattern: str) -> list[tuple[Experiment, Run | None]]:
    """Return a pattern's experiments, each with its newest run."""
    close_the_dead()
    return [(each, newest_run(each.slug)) for each in EXPERIMENTS if each.pattern == pattern]


def experiment_of(slug: str) -> Experiment | None:
    return next((each for each in EXPERIMENTS if each.slug == slug), None)
