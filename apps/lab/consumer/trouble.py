"""An error of a broker as a line of the visitor's log: it shows what the server did not do."""

from collections.abc import Iterator
from contextlib import contextmanager

from apps.lab.consumer.workbenches import note
from apps.lab.models import Workbench
from apps.messaging.errors import MessagingError


@contextmanager
def noting_trouble(bench: Workbench, what: str) -> Iterator[None]:
    """Turn a `MessagingError` inside into a line that begins with what was tried."""
    try:
        yield
    except MessagingError as error:
        note(bench, f"{what}: {str(error).removesuffix('.')}.", went_well=False)
