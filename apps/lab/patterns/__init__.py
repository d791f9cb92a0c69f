"""The six patterns: what each page of the lab says, shows and sends.

Read `pattern` first: the parts of a page. One module a pattern fills them in; `way` is the way of
one message past the hooks, `source` shows the code that runs there, `sending` is behind a button.
"""

from apps.lab.patterns import (
    celery,
    durable_events,
    publish_subscribe,
    queue_group,
    request_reply,
    sqs_jobs,
)
from apps.lab.patterns.pattern import Pattern

PATTERNS: list[Pattern] = [
    publish_subscribe.PATTERN,
    queue_group.PATTERN,
    request_reply.PATTERN,
    durable_events.PATTERN,
    sqs_jobs.PATTERN,
    celery.PATTERN,
]


def named(slug: str) -> Pattern | None:
    return next((each for each in PATTERNS if each.slug == slug), None)
