"""Celery: the mail server fails; the same task is enqueued more than once."""

import itertools
from uuid import UUID

from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.locks import SHOP_LOCK
from apps.lab.experiments.purchase import Purchase
from apps.lab.experiments.running import Running
from apps.lab.polling import until
from apps.messaging.jobs import job_queue
from apps.messaging.jobs.celery_queue import QUEUE
from apps.notifications import queries
from apps.notifications.tasks import ask_to_send

FAILURES = 2
SENT_WITHIN_SECONDS = 30.0
TASKS = 3


def fail_twice(running: Running) -> None:
    running.break_at("mail.claimed", "raise", worker="celery", first=FAILURES)
    running.say(f"The mail server fails {FAILURES} times for the mails of this run.")
    purchase = Purchase(running)
    running.wait_for("mail.due", within=20.0)
    mails = purchase.mails_sent(within=SENT_WITHIN_SECONDS)
    sent = running.look_for("mail.sent", key=purchase.order, within=0.0)
    tries = running.hops_at("mail.claimed", key=purchase.order)
    for earlier, later in itertools.pairwise(tries):
        pause = later["at"] - earlier["at"]
        running.say(f"Attempt {earlier['attempt']} failed; the next came {pause:.1f} s later.")
    running.count(
        "sent at attempt",
        predicted=FAILURES + 1,
        counted=sent["attempt"] if sent else "none",
        held=sent is not None and sent["attempt"] == FAILURES + 1,
    )
    running.count_equal("mails sent", predicted=1, counted=mails)


def enqueue_again(running: Running) -> None:
    running.break_at("mail.due", "skip", worker="notification_consumer")
    running.say("notification_consumer does not enqueue the task of this run's mail.")
    purchase = Purchase(running)
    running.wait_for("mail.due", within=20.0)
    due = queries.mails_of(UUID(purchase.order))
    running.mend(worker="notification_consumer")
    for _ in range(TASKS):
        ask_to_send(due)
    running.say(f"The task of this mail is enqueued {TASKS} times, one after the other.")
    running.look_for("mail.sent", key=purchase.order, within=SENT_WITHIN_SECONDS)
    is_empty = until(lambda: not any(job_queue.counts(QUEUE).values()), within=SENT_WITHIN_SECONDS)
    running.say("All tasks are done." if is_empty else "The queue still has other tasks.")
    mails = purchase.mails_sent(within=0.0)
    running.count_equal("mails sent", predicted=1, counted=mails)


MAIL_SERVER_FAILS = Experiment(
    slug="mail-server-fails",
    pattern="celery",
    title="The mail server fails",
    why="A mail server that is away for a moment must not lose a mail, and must not delay the "
    "order: the task is retried after a random pause that grows.",
    predicts=(
        f"A mail that fails {FAILURES} times is sent at attempt {FAILURES + 1}.",
        "It is sent once.",
    ),
    takes=4,
    lock=SHOP_LOCK,
    run=fail_twice,
)
TASK_TWICE = Experiment(
    slug="task-twice",
    pattern="celery",
    title="The same task, three times",
    why="A queue delivers at least once, and a sender in doubt enqueues again. So the task itself "
    "must ensure that its effect happens once.",
    predicts=(
        (
            f"{TASKS} tasks for one mail send it once: one task claims the mail, the others find "
            "it claimed or sent."
        ),
    ),
    takes=2,
    lock=SHOP_LOCK,
    run=enqueue_again,
)
