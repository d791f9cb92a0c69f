"""Tells all processes that the table of faults has changed."""

from apps.messaging.by_hand import nats_without_hooks

FAULTS_CHANGED = "lab.faults"


def announce_change() -> None:
    """Have every process read the table now, instead of at its next heartbeat."""
    nats_without_hooks.send_and_flush(FAULTS_CHANGED)
