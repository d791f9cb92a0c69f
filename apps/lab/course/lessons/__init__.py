"""The lessons, in the tutorial's order: core NATS, JetStream, SQS, failures, one's own."""

from apps.lab.course.lesson import Lesson
from apps.lab.course.lessons import (
    durable,
    every_listener,
    first_event,
    group,
    job,
    job_twice,
    publish,
    redrive,
    replay,
    request_reply,
)

LESSONS: tuple[Lesson, ...] = (
    publish.LESSON,
    every_listener.LESSON,
    group.LESSON,
    request_reply.LESSON,
    durable.LESSON,
    replay.LESSON,
    job.LESSON,
    job_twice.LESSON,
    redrive.LESSON,
    first_event.LESSON,
)
