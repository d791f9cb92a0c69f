"""SQS jobs: how many empty ones per second the loop receives, hands over and deletes."""

import json
import secrets
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from bench.kit.bench import Bench
from bench.kit.builds import PEERS_PYTHON, Build
from bench.kit.checks import require
from bench.kit.figures import Case, Figure, Row
from bench.kit.stage import Stage
from bench.kit.watching import Sample, watch

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

_BATCH = 10
_LOOK_EVERY_SECONDS = 0.1
"""Each look is a call to the server that is measured."""

type Command = Callable[[Stage, str], list[str]]


def figure(bench: Bench) -> Figure:
    """Both builds, two loops with boto3, sqs-workers, and Celery with as many threads."""
    work = partial(take, bench, jobs=bench.size.rows // 10)
    cases = [
        Case(name="now", run=partial(work, bench.now, shipped)),
        Case(name="before", run=partial(work, bench.before, shipped)),
        Case(name="boto3, in batches", run=partial(work, bench.before, partial(_loop, "batched"))),
        Case(name="boto3, one by one", run=partial(work, bench.before, partial(_loop, "single"))),
        Case(name="sqs-workers", run=partial(work, bench.before, _sqs_workers, fills_itself=True)),
        Case(name="Celery, 2 threads", run=partial(work, bench.before, _celery, fills_itself=True)),
    ]
    rows = [
        Row(title="SQS loop, empty jobs", case="now", against=case.name, unit="jobs/s")
        for case in cases[1:]
    ] + [
        Row(
            title="SQS loop, CPU of an empty job",
            case="now",
            against=case,
            metric="cpu_us",
            unit="µs",
            better="lower",
        )
        for case in ("before", "boto3, in batches", "sqs-workers", "Celery, 2 threads")
    ]
    return Figure(title="SQS jobs", cases=cases, rows=rows)


def take(
    bench: Bench, build: Build, command: Command, *, jobs: int, fills_itself: bool = False
) -> Sample:
    """Fill a queue of its own, and let the command take its jobs."""
    prefix, client = f"{secrets.token_hex(4)}-", bench.sqs
    for name in ("jobs-dlq", "jobs"):
        url = client.create_queue(QueueName=prefix + name)["QueueUrl"]
    with bench.world.stage(build, bench.scenes.shop(build), sqs_url=bench.sqs_url) as stage:
        if fills_itself:
            stage.run([*command(stage, url), str(jobs)])
        else:
            _fill(client, url, jobs)
        worker = stage.start(
            command(stage, url),
            QUEUE_PREFIX=prefix,
            CELERY_QUEUE_URL=f"{bench.sqs_url}/000000000000/{prefix}celery",
        )
        sample = watch(
            stage,
            lambda: jobs - _left(client, url),
            goal=jobs,
            seconds=bench.size.seconds,
            workers=[worker],
            look_every=_LOOK_EVERY_SECONDS,
        )
        for table in ("messaging_deadletter", "messaging_faileddelivery"):
            require(table, found=stage.count(f"SELECT count(*) FROM {table}"), wanted=0)
        return sample


def shipped(stage: Stage, _: str) -> list[str]:
    """Return the command of the shipped loop."""
    return stage.program("programs.empty_jobs")


def _loop(how: str, stage: Stage, url: str) -> list[str]:
    return stage.program("floors.sqs_loop", url, how)


def _sqs_workers(stage: Stage, url: str) -> list[str]:
    return stage.program("peers.sqs_workers_loop", url.rpartition("/")[2], python=PEERS_PYTHON)


def _celery(stage: Stage, url: str) -> list[str]:
    return stage.program("peers.celery_tasks", url.rpartition("/")[2], python=PEERS_PYTHON)


def _fill(client: "SQSClient", url: str, jobs: int) -> None:
    for first in range(0, jobs, _BATCH):
        numbers = range(first + 1, first + _BATCH + 1)
        client.send_message_batch(
            QueueUrl=url,
            Entries=[
                {"Id": str(each), "MessageBody": json.dumps({"task": "resize", "id": each})}
                for each in numbers
            ],
        )


def _left(client: "SQSClient", url: str) -> int:
    """Return how many are not deleted: those that wait, and those that somebody has received."""
    answer = client.get_queue_attributes(
        QueueUrl=url,
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )
    return sum(int(number) for number in answer["Attributes"].values())
