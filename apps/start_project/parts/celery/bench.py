"""What Celery has in the bench: a peer of the loop of jobs, and its results."""

from apps.start_project.parts.cuts import block, unit, words
from apps.start_project.parts.part import Cuts

BENCH: Cuts = {
    "bench/figures/jobs.py": (
        words(
            "two loops with boto3, sqs-workers, and Celery with as many threads.",
            "two loops with boto3, and sqs-workers.",
        ),
        block('Case(name="Celery, 2 threads"'),
        words(', "sqs-workers", "Celery, 2 threads")', ', "sqs-workers")'),
        block("CELERY_QUEUE_URL="),
        unit("_celery"),
    ),
    "bench/figures/resize.py": (block('"CELERY_QUEUE_URL": '),),
    "bench/kit/stage.py": (block('"CELERY_QUEUE_URL": '),),
    "bench/kit/bench.py": (
        words(
            "url = self.exits.enter_context(servers.sqs(self.world.folder)) "
            '_client(url).create_queue(QueueName="celery") return url',
            "return self.exits.enter_context(servers.sqs(self.world.folder))",
        ),
    ),
    "bench/kit/results.py": (words(', "boto3", "celery")', ', "boto3")'),),
    "bench/results.json": (
        words('"celery": … ,', times=0),
        words('"Celery, 2 threads": { … "before": {', '"before": {'),
        words('{ "against": "Celery, 2 threads", "better": "higher" … } },'),
        words(', { "against": "Celery, 2 threads", "better": "lower" … } }'),
    ),
}
