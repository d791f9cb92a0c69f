"""Measuring in the process of a test: on, and off again."""

from collections.abc import Iterator
from contextlib import contextmanager

from apps.messaging import hooks
from apps.messaging.hooks import measuring
from apps.messaging.metrics import recording, watching


@contextmanager
def measured() -> Iterator[None]:
    """Measure until the block ends."""
    watching.watch()
    try:
        yield
    finally:
        measure_no_more()


def measure_no_more() -> None:
    recording._begun_in = 0
    measuring.record_with(None)
    hooks.watch_no_more(watching.at_point)
