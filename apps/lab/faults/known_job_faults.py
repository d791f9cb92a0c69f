"""The faults of jobs and tasks, which is what goes by SQS, as the pages offer them."""

from apps.lab.faults.known_fault import KnownFault

JOB_FAULTS: list[KnownFault] = [
    KnownFault(
        point="relay.publishing",
        action="drop",
        consumer="sqs",
        title="SQS is away for the relay",
        see="Upload a photo: its job waits in the outbox. Orders go on, in a lane of their own.",
        patterns=("sqs-jobs",),
    ),
    KnownFault(
        point="job.polling",
        action="drop",
        title="Nobody takes jobs",
        see="Once its open poll is over, within 2 s, the image resizer asks for no more: the queue "
        "is yours. What you leave in it is done when the switch is off.",
        patterns=("sqs-jobs",),
    ),
    KnownFault(
        point="job.received",
        action="raise",
        consumer="jobs",
        title="A job fails",
        see="It is hidden for 5 s, 10 s, 20 s and received again each time. After five attempts "
        "it is a dead letter, and its photo says that it has failed.",
        patterns=("sqs-jobs",),
    ),
    KnownFault(
        point="job.handled",
        action="exit",
        consumer="jobs",
        first=1,
        title="A worker dies before it deletes",
        see="The renditions are made, and the message stays in flight until its visibility "
        "timeout is over. Then it is received again, and there is nothing left to do.",
        patterns=("sqs-jobs",),
    ),
    KnownFault(
        point="job.heartbeat",
        action="drop",
        consumer="jobs",
        title="The heartbeat is off",
        see="What is in hand is not hidden for longer. A job that takes longer than the "
        "visibility timeout is received a second time while the first is still at work.",
        patterns=("sqs-jobs",),
    ),
    KnownFault(
        point="job.deleting",
        action="drop",
        consumer="jobs",
        title="A delete fails",
        see="The photo is ready, and its message stays in flight: the deletion is tried again "
        "five times a second, and the heartbeat keeps it hidden meanwhile.",
        patterns=("sqs-jobs",),
    ),
    KnownFault(
        point="mail.claimed",
        action="raise",
        title="The mail server fails",
        see="Celery tries again after 1, 2, 4, 8 and 16 s at most. After six attempts the task is "
        "a dead letter, as this failure is none of SMTP's: a mail that a server refuses for now is "
        "put off for up to a day. The order is confirmed all the same.",
        patterns=("celery",),
    ),
    KnownFault(
        point="mail.due",
        action="drop",
        title="The task is not enqueued",
        see="The mail is due, and nobody sends it, until beat finds it after two minutes.",
        patterns=("celery",),
    ),
]
