"""The shipped loop of SQS jobs, with a handler that does nothing: what remains is the loop."""

from apps.images.jobs import QUEUE
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.worker import working
from workers.runner import run


def do_nothing(job: ReceivedJob) -> None:
    """Take any job."""


if __name__ == "__main__":
    run("image_resizer", working(QUEUE, do_nothing, concurrency=2))
