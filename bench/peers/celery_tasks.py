"""A peer: Celery on the same SQS, with a task that does nothing; two threads, as the shop's loop.

Usage: `celery_tasks QUEUE COUNT` to fill the queue, `celery_tasks QUEUE` to work on it. A task is
deleted after its work, as a job is: Celery's own default deletes it before.
"""

import os
import sys
from urllib.parse import urlsplit

from celery import Celery

ENDPOINT = urlsplit(os.environ["AWS_ENDPOINT_URL"])
THREADS = 2


def app_of(queue: str) -> Celery:
    """Return an app whose only queue is this one."""
    # Without its fixup for Django, which would close connections after each task.
    app = Celery("peer", broker=f"sqs://test:test@{ENDPOINT.netloc}//", fixups=[])
    url = f"{ENDPOINT.geturl()}/000000000000/{queue}"
    app.conf.update(
        broker_transport_options={
            "region": os.environ["AWS_DEFAULT_REGION"],
            "is_secure": False,
            "predefined_queues": {queue: {"url": url}},
            "wait_time_seconds": 1,
        },
        task_default_queue=queue,
        task_create_missing_queues=False,
        task_ignore_result=True,
        task_acks_late=True,
        worker_enable_remote_control=False,
    )
    return app


def main(queue: str, count: int) -> None:
    """Fill the queue, or work until the process is stopped."""
    app = app_of(queue)

    @app.task(name="do_nothing")
    def do_nothing(id: int) -> None:
        pass

    for number in range(count):
        do_nothing.delay(number)
    if not count:
        app.worker_main(
            ["worker", "--pool=threads", f"--concurrency={THREADS}", "--loglevel=WARNING"]
        )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if sys.argv[2:] else 0)
