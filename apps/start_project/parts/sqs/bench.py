"""What SQS has in the bench: a server, two figures, and their results."""

from apps.start_project.parts.cuts import block, lines, unit, words
from apps.start_project.parts.part import Cuts

BENCH: Cuts = {
    "bench/figures/__init__.py": (lines('"growth",'), lines('"jobs",\n"resize",')),
    "bench/kit/bench.py": (
        words("their scenes, the size, an SQS.", "their scenes, the size."),
        lines("import boto3"),
        words("from typing import TYPE_CHECKING"),
        lines("if TYPE_CHECKING:\nfrom types_boto3_sqs import SQSClient"),
        unit("Bench.sqs_url"),
        unit("Bench.sqs"),
        unit("_client"),
    ),
    "bench/kit/servers.py": (
        words(
            "PostgreSQL with its safe defaults, nats-server, an SQS.",
            "PostgreSQL with its safe defaults, nats-server.",
        ),
        unit("sqs"),
        unit("_answers"),
    ),
    "bench/kit/stage.py": (
        words('"nats,postgres,sqs,mail"', '"nats,postgres,mail"'),
        lines('"SQS_WAIT_SECONDS": "2",'),
        unit("_NO_SERVER"),
        lines("sqs_url: str"),
        lines('"AWS_ENDPOINT_URL": self.sqs_url or _NO_SERVER,'),
        block('"CELERY_QUEUE_URL": '),
    ),
    "bench/kit/world.py": (
        words(', sqs_url: str = ""'),
        lines("sqs_url=sqs_url,"),
    ),
    "bench/requirements.txt": (block("sqs-workers=="), lines("#   sqs-workers")),
    "bench/requirements.in": (
        words(
            "The peers of the bench, and an SQS that is quick enough for it (moto is "
            "quadratic). They run",
            "The peers of the bench. They run",
        ),
        lines("ministack\nsqs-workers"),
    ),
}
