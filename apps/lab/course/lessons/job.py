"""A lesson: a queue of the reader's own: send, receive, delete."""

from apps.lab.course.hearing import Counts, queue
from apps.lab.course.lesson import Lesson, Step
from apps.lab.patterns import sqs_jobs
from apps.lab.patterns.pattern import Command

URL = '--queue-url "@own"'


def _stored(counts: Counts) -> int:
    return counts["visible"] + counts["in_flight"]


LESSON = Lesson(
    slug="job",
    title="Send, receive, delete",
    minutes=8,
    does="You create a queue of your own at SQS, send a message, receive it, and delete it.",
    sees="A receive removes nothing: the message is hidden, until you delete it.",
    steps=(
        Step(
            title="Create the queue",
            says="SQS needs it before the first message. Keep this page open meanwhile: it asks "
            "SQS every second how many messages your queue has.",
            commands=(
                Command(
                    does="CreateQueue",
                    line="aws sqs create-queue --queue-name @own-name",
                    sdk="",
                ),
            ),
            waits="a queue named `@own-name`",
            heard="SQS has your queue.",
            hears=queue(lambda _: True),
        ),
        Step(
            title="Send a message",
            says="The answer has its `MessageId`. The queue stores the message, whether a worker "
            "is there or not.",
            commands=(
                Command(
                    does="SendMessage",
                    line=f"aws sqs send-message {URL} \\\n"
                    '  --message-body \'{"task": "resize", "id": 7}\'',
                    sdk="",
                ),
            ),
            waits="a message in your queue",
            heard="Your queue has a message.",
            hears=queue(lambda counts: _stored(counts) >= 1),
        ),
        Step(
            title="Receive it",
            says="By long polling: the call returns when there is a message, or after 20 seconds. "
            "Keep the `ReceiptHandle` that it prints. You have 30 seconds for the next step; then "
            "the message is visible again, and you receive it once more.",
            commands=(
                Command(
                    does="ReceiveMessage",
                    line=f"aws sqs receive-message {URL} \\\n"
                    "  --max-number-of-messages 10 --wait-time-seconds 20",
                    sdk="",
                ),
            ),
            waits="a message of your queue that is hidden from other receivers",
            heard="The message is in flight: hidden, and still in the queue.",
            hears=queue(lambda counts: counts["in_flight"] >= 1),
        ),
        Step(
            title="Delete it",
            says="With the handle of your newest receive: `export RECEIPT_HANDLE='…'`. Nothing is "
            "printed.",
            commands=(
                Command(
                    does="DeleteMessage",
                    line=f'aws sqs delete-message {URL} \\\n  --receipt-handle "$RECEIPT_HANDLE"',
                    sdk="",
                ),
            ),
            waits="an empty queue: nothing visible, and nothing hidden",
            heard="The message is gone for good.",
            hears=queue(lambda counts: _stored(counts) == 0),
        ),
    ),
    means="The contract is receive, process, delete. The receipt handle belongs to one receive, "
    "not to the message. If you skip the delete, the work is done twice: that is the next lesson. "
    "A program does the same calls in a loop. Afterwards: "
    "`aws sqs delete-queue --queue-url @own`.",
    pattern=sqs_jobs.PATTERN.slug,
    questions=sqs_jobs.PATTERN.questions[:2],
)
