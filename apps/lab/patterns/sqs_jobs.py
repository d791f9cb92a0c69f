"""SQS jobs: the renditions of a photo, by receive, process, delete."""

from apps.images import jobs, services
from apps.images.contract import ResizeJob
from apps.lab.patterns.pattern import SQS_JS, Given, Pattern, Sending, WayStep
from apps.lab.patterns.polling_bill import ASSUMED, bill
from apps.lab.patterns.sqs_terminal import QUESTIONS, TERMINAL
from apps.lab.patterns.steps import recorded, relayed_to_sqs
from apps.messaging.jobs import delivering, in_flight, receipts

PHOTO = 7
QUEUE = ResizeJob.queue


def resize(_: Given) -> str:
    services.redo_renditions(id=PHOTO)
    return f"A job for photo {PHOTO} is recorded; the photo keeps its pictures meanwhile."


WAY = (
    recorded(
        QUEUE,
        title="The job is recorded",
        says="In the transaction that makes the photo wait for its renditions: no waiting photo "
        "without its job.",
        code=(services.redo_renditions,),
    ),
    *relayed_to_sqs(QUEUE),
    WayStep(
        point="job.received",
        destination=QUEUE,
        title="ReceiveMessage: a worker has it",
        says="It is not gone from the queue: it is hidden for the visibility timeout. The receipt "
        "handle belongs to this one receive.",
        code=(receipts.receive, delivering.deliver),
    ),
    WayStep(
        point="job.handled",
        destination=QUEUE,
        title="The work is done",
        says="Six renditions, under keys derived from the picture: done twice, there is still "
        "one of each. A worker that dies here leaves the job to come again.",
        code=(jobs.resize, services.make_renditions, delivering.deliver),
    ),
    WayStep(
        point="job.deleting",
        destination=QUEUE,
        title="DeleteMessage is about to be called",
        says="In batches of up to ten, with the newest receipt handle of each.",
        code=(in_flight.JobsInFlight.done, receipts.delete),
    ),
    WayStep(
        point="job.deleted",
        destination=QUEUE,
        title="It is deleted",
        says="Now, and not before, the job is gone from the queue.",
        code=(receipts.delete,),
    ),
)

PATTERN = Pattern(
    slug="sqs-jobs",
    name="SQS jobs",
    what=(
        (
            "A queue keeps each job until somebody deletes it: receiving only hides it, for the "
            "visibility timeout, and hands out a receipt handle."
        ),
        (
            "So the loop is receive, process, delete; a worker that dies in between loses nothing, "
            "and a job may be done twice."
        ),
        (
            "In the shop the image resizer makes a photo's renditions this way, from jobs that "
            "were recorded together with the photo."
        ),
    ),
    when_not="For events that several parts want to hear, since a queue has one reader; for "
    "replay, since what is deleted is gone; and where the order of messages matters.",
    costs="Each call is billed, even a receive that comes back empty. A loop that asks without "
    "waiting pays for asking; with long polling the answer comes as soon as there is a job, or "
    "after 20 seconds. One idle poller in a month of 30 days:",
    sums=bill,
    assumed=ASSUMED,
    sendings=(
        Sending(
            slug="resize",
            label="Resize photo 7",
            says="The photo is made to wait for its renditions once more, by the same service that "
            "the admin uses.",
            send=resize,
            way=WAY,
        ),
    ),
    before_sdk='import boto3\n\nsqs = boto3.client("sqs", endpoint_url="@sqs")\nq = "@queue"',
    before_js=SQS_JS + 'const QueueUrl = "@queue";',
    terminal=TERMINAL,
    questions=QUESTIONS,
)
