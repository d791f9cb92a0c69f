"""The faults of jobs and tasks, which travel by SQS."""

from apps.lab.faults.known_fault import KnownFault

JOB_FAULTS: list[KnownFault] = [
    KnownFault(
        point="relay.publishing",
        action="skip",
        consumer="sqs",
        title="SQS is away for the relay",
        see="Upload a photo: its job waits in the outbox. Orders go on: the relay publishes them "
        "separately.",
        patterns=("sqs-jobs",),
    ),
    KnownFault(
        point="job.polling",
        action="skip",
        title="No worker takes jobs",
        see="When its open poll ends, within 2 s, the image resizer asks for no more: the queue is "
        "yours. When the switch is off, it does the jobs that you leave in it.",
        patterns=("sqs-jobs",),
    ),
    KnownFault(
        point="job.received",
        action="raise",
        consumer="jobs",
        title="A job fails",
        see="It is hidden for 5 s, 10 s, 20 s and received again each time. After five attempts it "
        "is a dead letter, and its photo has failed.",
        patterns=("sqs-jobs",),
    ),
    KnownFault(
        point="job.handled",
        action="exit",
        consumer="jobs",
        first=1,
        title="A worker dies before it deletes",
        see="The renditions are made, and the message stays in flight until its visibility timeout "
        "ends. Then it is received again, and nothing is left to do.",
        patterns=("sqs-jobs",),
    ),
    KnownFault(
        point="job.heartbeat",
        action="skip",
        consumer="jobs",
        title="The heartbeat is off",
        see="The visibility timeout of jobs in flight is not extended. A longer job is received a "
        "second time while the first worker is still busy.",
        patterns=("sqs-jobs",),
    ),
    KnownFault(
        point="job.deleting",
        action="skip",
        consumer="jobs",
        title="A delete fails",
        see="The photo is ready, and its message stays in flight: the worker retries the deletion "
        "five times a second, and its heartbeat keeps the message hidden.",
        patterns=("sqs-jobs",),
    ),
    KnownFault(
        point="mail.claimed",
        action="raise",
        title="The mail server fails",
        see="Celery retries after at most 1, 2, 4, 8 and 16 s. After six attempts the task is a "
        "dead letter. (If a real server does not accept a mail now, it is postponed, for up to a "
        "day.) The order is confirmed all the same.",
        patterns=("celery",),
    ),
    KnownFault(
        point="mail.due",
        action="skip",
        title="The task is not enqueued",
        see="The mail is due, and is not sent until beat finds it after two minutes.",
        patterns=("celery",),
    ),
]
