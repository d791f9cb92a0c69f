"""What SQS has in checks, doctor, commands, and words of other parts."""

from apps.start_project.parts.cuts import lines, unit, words
from apps.start_project.parts.part import Cuts, joined

_ENTRY_POINTS: Cuts = {
    "apps/messaging/checks.py": (
        unit("BOTOCORES_OWN"),
        words(
            '"""Check only if such a variable is set: boto3 takes time, and memory in every '
            'worker.""" if missing := list(_missing_files()): return missing found = … '
            'id="messaging.E002")] return []',
            '"""Check that each of botocore\'s files that is named is there."""\n'
            "    return list(_missing_files())",
        ),
        words(
            'OUR_SERVICES = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_SQS")',
            'OUR_SERVICES = ("AWS_ENDPOINT_URL_S3",)',
        ),
        words("names a stand-in for both SQS and S3.", "names a stand-in for S3."),
    ),
    "apps/messaging/doctor.py": (
        words(
            "the database, NATS and SQS, as the settings", "the database and NATS, as the settings"
        ),
        lines("from apps.messaging.jobs.job_queue import declared_queues"),
        words(
            "import examined_database, examined_nats, examined_queues",
            "import examined_database, examined_nats",
        ),
        words(
            "a check for each server; each queue is asked about by itself.",
            "a check for each server.",
        ),
        words("[database, nats, *_of_queues()]", "[database, nats]"),
        unit("_of_queues"),
    ),
    "apps/messaging/management/commands/provision.py": (
        words("streams, durables and queues; safe to run", "streams and durables; safe to run"),
        words("streams, durables and queues; a failed", "streams and durables; a failed"),
        lines("from apps.messaging.brokers.sqs import patient_client"),
        lines("from apps.messaging.errors import BrokerAway"),
        lines("from apps.messaging.jobs import job_queue"),
        lines("from apps.messaging.operations import examined_queues"),
        words(
            " Where a stack of CloudFormation has made the queues, `--check-queues` only compares "
            "them."
        ),
        unit("Command.add_arguments"),
        words(
            "*args: Any, only: str | None, check_queues: bool = False, **options: Any",
            "*args: Any, **options: Any",
        ),
        words(
            'problems: list[str] = [] if only != "sqs": problems += provision_nats( '
            "declared_streams(), declared_consumers(), write=self.stdout.write ) if only != "
            '"nats": problems += self._check_sqs() if check_queues else self._provision_sqs()',
            "problems = provision_nats(\n            declared_streams(), declared_consumers(), "
            "write=self.stdout.write\n        )",
        ),
        unit("Command._check_sqs"),
        unit("Command._provision_sqs"),
    ),
    "apps/messaging/handling/brake.py": (
        words(
            "The consumer of events, or the worker of jobs, then pauses, instead",
            "The consumer of\nevents then pauses, instead",
        ),
        words(" A job's subject is the name of its queue."),
    ),
    "apps/messaging/events/__init__.py": (
        words(
            "Do not use it for work that one worker does and no other reads: that is a job. ",
            "Do not use it for work\nthat takes seconds. ",
        ),
    ),
    "apps/messaging/worker/threads.py": (
        words("such as a heartbeat of SQS.", "such as a look at a server."),
    ),
}

ENTRY_POINTS: Cuts = joined(_ENTRY_POINTS)
