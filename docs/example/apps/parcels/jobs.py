"""SQS jobs: `{"id": 7}` on the queue `labels` -> the label of parcel 7."""

from apps.messaging.errors import MessageUnreadable
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.job_queue import JobQueue
from apps.parcels import services
from apps.parcels.contract import PrintLabel
from apps.parcels.errors import UnknownParcel


def print_label(job: ReceivedJob) -> None:
    """Print it; a job that can never succeed raises `MessageUnreadable`."""
    asked = PrintLabel.read(job.body)
    try:
        services.print_label(id=asked.id)
    except UnknownParcel as error:
        raise MessageUnreadable(str(error)) from error


QUEUE = JobQueue(name=PrintLabel.queue)
