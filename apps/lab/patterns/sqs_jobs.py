"""SQS jobs: the renditions of a photo, by receive, process, delete."""

from apps.images import jobs, services
from apps.images.contract import ResizeJob
from apps.lab.patterns.pattern import SQS_JS, Given, Pattern, Sending, WayStep
from apps.lab.patterns.polling_bill import ASSUMED, bill
from apps.lab.patterns.sqs_terminal import QUESTIONS, TERMINAL
from apps.lab.patterns.steps import recorded, relayed_to_sqs
from apps.messaging.jobs import delivery, in_flight, receipts

PHOTO = 7
QUEUE = ResizeJob.queue


def resize(_: Given) -> str:
    services.redo_renditions(id=PHOTO)
    return f"A job for photo {PHOTO} is recorded; meanwhile the photo keeps its pictures."


WAY = (
    recorded(
        QUEUE,
        title="The job is recorded",
        says="In the transaction that sets the photo to waiting: no waiting photo without its job.",
        code=(services.redo_renditions,),
    ),
    *relayed_to_sqs(QUEUE),
    WayStep(
        point="job.received",
        destination=QUEUE,
        title="ReceiveMessage: a worker receives it",
        says="It stays in the queue, and is hidden for the visibility timeout. The receipt handle "
        "belongs to this one receive.",
        code=(receipts.receive, delivery.deliver),
    ),
    WayStep(
        point="job.handled",
        destination=QUEUE,
        title="The work is done",
        says="Six renditions, with keys derived from the picture: done twice, there is still one "
        "of each. If the worker dies here, the job comes again.",
        code=(jobs.resize, services.make_renditions, delivery.deliver),
    ),
    WayStep(
        point="job.deleting",
        destination=QUEUE,
        title="DeleteMessage comes next",
        says="In batches of up to ten, with the newest receipt handle of each.",
        code=(in_flight.JobsInFlight.done, receipts.delete),
    ),
    WayStep(
        point="job.deleted",
        destination=QUEUE,
        title="It is deleted",
        says="Only now the job is gone from the queue.",
        code=(receipts.delete,),
    ),
)

PATTERN = Pattern(
    slug="sqs-jobs",
    name="SQS jobs",
    what=(
        (
            "A queue stores each job until it is deleted: a receive only hides it, for the "
            "visibility timeout, and returns a receipt handle."
        ),
        (
            "So the loop is receive, process, delete: a worker that dies in between loses nothing, "
            "and a job may be done twice."
        ),
        (
            "In the shop the image resizer makes a photo's renditions this way, from jobs that "
            "were recorded together with the photo."
        ),
    ),
    when_not="For events with several consumers: a queue has one reader. For replay: a deleted "
    "message is gone. And if the order of messages matters.",
    costs="Each call is billed, also a receive that returns nothing. A loop without waiting pays "
    "for each of them; with long polling a receive returns when there is a job, or after 20 "
    "seconds. One idle poller in a month of 30 days:",
    sums=bill,
    assumed=ASSUMED,
    sendings=(
        Sending(
            slug="resize",
            label="Resize photo 7",
            says="The photo waits for its renditions again, through the service that the admin "
            "uses.",
            send=resize,
            way=WAY,
        ),
    ),
    before_sdk='import boto3\n\nsqs = boto3.client("sqs", endpoint_url="@sqs")\nq = "@queue"',
    before_js=SQS_JS + 'const QueueUrl = "@queue";',
    terminal=TERMINAL,
    questions=QUESTIONS,
)
