"""A lesson: a job of the shop that is received and not deleted comes to the worker as attempt 2."""

from apps.images.contract import ResizeJob
from apps.lab.course.hearing import HopWanted, switched_on, typed
from apps.lab.course.lesson import Lesson, Step
from apps.lab.patterns import sqs_jobs
from apps.lab.patterns.pattern import Command

POINT, ACTION = "job.polling", "skip"

LESSON = Lesson(
    slug="job-twice",
    title="Make a job come twice",
    minutes=8,
    does="You take a job of the shop from its queue, and do not delete it.",
    sees="The job comes again, to the shop's worker, which knows that it is the second receive.",
    steps=(
        Step(
            title="Have the queue for yourself",
            says="Stop the image resizer from receiving, for five minutes. Its open poll ends "
            "within two seconds.",
            switch=f"{POINT.replace('.', '-')}-{ACTION}",
            waits="the switch “No worker takes jobs”",
            heard="The image resizer receives nothing: the queue is yours.",
            hears=switched_on(POINT, ACTION),
        ),
        Step(
            title="Receive a job, and do not delete it",
            says="Send a job, receive it, and hide it for five seconds only. Then switch the "
            "fault off. The image resizer receives the same job, and does it.",
            commands=(
                Command(
                    does="Send a job",
                    line='aws sqs send-message --queue-url "$Q" \\\n'
                    '  --message-body \'{"task": "resize", "id": 7, "by": @number}\'',
                    sdk="",
                ),
                Command(
                    does="Receive it, and hide it for five seconds",
                    line='aws sqs receive-message --queue-url "$Q" \\\n'
                    "  --wait-time-seconds 20 --visibility-timeout 5",
                    sdk="",
                ),
            ),
            switch=f"{POINT.replace('.', '-')}-{ACTION}",
            waits="your job at the image resizer, as attempt 2 or later",
            heard="The worker has received your job, and knows from SQS that this is a repeat.",
            hears=typed(
                HopWanted(
                    point="job.received",
                    worker="image_resizer",
                    destination=ResizeJob.queue,
                    attempt=2,
                ),
                by="@number",
            ),
        ),
    ),
    means="SQS cannot know whether you have done the work, so it delivers again: at least once. "
    "The shop's job may be done twice without harm, since its pictures have the same names each "
    "time. A worker that needs longer than the timeout must extend it, by "
    "`ChangeMessageVisibility`.",
    pattern=sqs_jobs.PATTERN.slug,
    questions=sqs_jobs.PATTERN.questions[2:],
)
