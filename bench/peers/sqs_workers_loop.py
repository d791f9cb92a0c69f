"""A peer: the package sqs-workers with a processor that does nothing.

Usage: `sqs_workers_loop QUEUE COUNT` to fill the queue, `sqs_workers_loop QUEUE` to work on it.
"""

import os
import sys
from functools import partial

import boto3
from sqs_workers import SQSEnv

ENDPOINT = os.environ["AWS_ENDPOINT_URL"]


class Session:
    """What the package asks of boto3, at another address."""

    client = staticmethod(partial(boto3.client, endpoint_url=ENDPOINT))
    resource = staticmethod(partial(boto3.resource, endpoint_url=ENDPOINT))


def main(name: str, count: int) -> None:
    """Fill the queue, or work until the process is stopped."""
    queue = SQSEnv(session=Session, queue_prefix="").queue(name)

    @queue.processor("resize")
    def do_nothing(id: int) -> None:
        pass

    if count:
        with queue.add_batch():
            for number in range(count):
                do_nothing.delay(id=number)
    while not count:
        queue.process_batch(wait_seconds=1)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if sys.argv[2:] else 0)
