"""What Celery has in the lab: a page, two experiments, two faults, three parts of the map."""

from apps.start_project.parts.cuts import lines, words
from apps.start_project.parts.part import Cuts, joined

_MAP: Cuts = {
    "apps/lab/map/topology.py": (
        words("as beat does when it reconciles,", "as `periodic` does to reconcile,"),
        words('"sqs-jobs", "celery"', '"sqs-jobs", "sqs-jobs"'),
        words(
            'Node("beat", "beat", TASKS, worker="beat")',
            'Node("periodic", "periodic", TASKS, worker="periodic")',
        ),
        words(
            "# A redriven task comes from the relay; a line for it would cross all others.",
            "# Its jobs come from the outbox; a line for them would cross all others.",
        ),
        words(
            '"tasks", "queue celery", TASKS, queue="celery"',
            '"tasks", "queue mails", TASKS, queue="mails"',
        ),
        lines(
            'Node("celery", "celery", TASKS, worker="celery"),',
            'Node(\n    "mailer",\n    "mailer",\n    TASKS,\n    worker="mailer",\n'
            '    at=runs("job.handled job.deleting job.failed", consumer="mails"),\n),',
        ),
        lines(
            'Edge("schedule", "beat", "tasks", TASKS),',
            'Edge("schedule", "periodic", "tasks", TASKS),',
        ),
        lines(
            'Edge("take", "tasks", "celery", TASKS, runs("mail.claimed")),',
            'Edge(\n    "take",\n    "tasks",\n    "mailer",\n    TASKS,\n'
            '    runs("mail.claimed") + runs("job.received <job.deleted", consumer="mails"),\n),',
        ),
        words('Edge("deliver", "celery",', 'Edge("deliver", "mailer",'),
        lines('_buried("celery", "celery"),', '_buried("mailer", "mails"),'),
    ),
    "apps/lab/map/layouts.py": (words('"celery-buries"', '"mailer-buries"', times=2),),
    "apps/lab/static/lab/lab.css": (
        lines(".map-edge-sqs-jobs,\n.map-edge-celery {", ".map-edge-sqs-jobs {"),
        lines(".map-dot-sqs-jobs,\n.map-dot-celery {", ".map-dot-sqs-jobs {"),
    ),
}

_PATTERNS: Cuts = {
    "apps/lab/patterns/__init__.py": (
        words("The six patterns", "The five patterns"),
        lines("celery,\ndurable_events,", "durable_events,"),
        lines("celery.PATTERN,"),
    ),
    "apps/lab/patterns/durable_ways.py": (
        words("Celery sends it, as the Celery page shows.", "a job sends it."),
    ),
    "apps/lab/processes/compose.py": (
        lines(
            'ONE_ONLY = {"beat"}\n"""A second clock would have each task run twice."""',
            'ONE_ONLY = set[str]()\n"""Workers of which a second one would do harm."""',
        ),
    ),
    "apps/lab/templates/lab/processes.html": (
        words("; of <code>beat</code>, a clock, there is one.", "."),
    ),
    "apps/lab/patterns/terminal.py": (lines('"@celery": addresses.shell_queue_url("celery"),'),),
    "apps/lab/templates/lab/map.html": (words("The six patterns", "The five patterns"),),
    "apps/lab/experiments/mails.py": (
        words(
            "Celery: the mail server fails; the same task is enqueued more than once.",
            "The job of a mail: the mail server fails; the same job is recorded more than once.",
        ),
        words('pattern="celery"', 'pattern="sqs-jobs"', times=2),
        words(
            "for _ in range(TASKS): ask_to_send(due)",
            "for _ in range(TASKS):\n        with transaction.atomic():\n"
            "            ask_to_send(due)",
        ),
        lines(
            "from apps.lab.experiments.experiment import Experiment",
            "from django.db import transaction\n"
            "from apps.lab.experiments.experiment import Experiment",
        ),
        words(
            "the task is retried after a random pause that grows",
            "the job is retried after a pause that grows",
        ),
    ),
    "apps/lab/faults/known_job_faults.py": (
        words(
            "Celery retries after at most 1, 2, 4, 8 and 16 s. After six attempts the task is a "
            '" "dead letter.',
            'The job is retried after 1, 2, 4, 8 and 16 s. After six attempts it is a "\n'
            '        "dead letter.',
        ),
        words('patterns=("celery",)', 'patterns=("sqs-jobs",)', times=2),
        words("The task is not enqueued", "The job is not recorded"),
    ),
}

LAB_TOO: Cuts = joined(_MAP, _PATTERNS)
