"""SQS jobs: `{"task": "resize", "id": 7}` on the queue `jobs` -> the renditions of photo 7."""

from contextlib import suppress

from apps.images import services
from apps.images.contract import ResizeJob
from apps.images.errors import PhotoRefused, UnknownPhoto
from apps.messaging.errors import MessageUnreadable
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.job_queue import JobQueue


def resize(job: ReceivedJob) -> None:
    """Make the renditions, while the job is ours.

    What can never be made is a dead letter at once, with its reason.
    """
    asked = ResizeJob.read(job.body)
    try:
        services.make_renditions(id=asked.id, sent_at=job.sent_at, check=job.lease.check)
    except (UnknownPhoto, PhotoRefused) as error:
        raise MessageUnreadable(str(error)) from error


def give_up(body: str, reason: str) -> None:
    """Let the photo of a dead job say that it has failed."""
    with suppress(MessageUnreadable):
        services.fail_photo(id=ResizeJob.read(body).id, reason=reason)


QUEUE = JobQueue(name=ResizeJob.queue, when_dead=give_up)
