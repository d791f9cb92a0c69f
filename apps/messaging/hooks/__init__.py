"""Hooks: named points on a message's way, to watch it there or to break it on purpose.

In production nothing is attached, and a point costs less than a microsecond. `points` names every
point and attaches functions, and `faults` has the faults for one. `tracing` passes the trace on;
`steps` are what a message does inside it. Read `points` first.

Do not use it for business logic: what must happen with a message belongs in its handler.
"""

from apps.messaging.hooks.points import (
    POINTS,
    SKIPPABLE,
    ReachesHooks,
    Watch,
    add_points_of,
    attach,
    attach_everywhere,
    attached,
    check_point,
    detach,
    may_break,
    reached,
    skipped,
    watch_everywhere,
    watch_no_more,
)

__all__ = [
    "POINTS",
    "SKIPPABLE",
    "ReachesHooks",
    "Watch",
    "add_points_of",
    "attach",
    "attach_everywhere",
    "attached",
    "check_point",
    "detach",
    "may_break",
    "reached",
    "skipped",
    "watch_everywhere",
    "watch_no_more",
]
