"""Names a missing stream or consumer as `nats` does, which offers a choice where it can."""

from collections.abc import Iterator
from contextlib import contextmanager

from apps.messaging.by_hand.nats_messages import JetStreamApiError, NatsError

NO_CONSUMER = 10014
NO_STREAM = 10059


@contextmanager
def picking_stream(
    stream: str, *, says: str = "could not pick a Stream to operate on"
) -> Iterator[None]:
    """Raise `NatsError` with its name if there is no such stream."""
    try:
        yield
    except JetStreamApiError as error:
        if error.code != NO_STREAM:
            raise
        raise NatsError(f'{says}: unknown stream "{stream}"') from error


@contextmanager
def selecting(stream: str, consumer: str = "") -> Iterator[None]:
    """Raise `NatsError` with its name if there is no such stream, or no such consumer of it."""
    try:
        with picking_stream(stream, says="could not select Stream"):
            yield
    except JetStreamApiError as error:
        if error.code != NO_CONSUMER:
            raise
        unknown = f'unknown consumer "{stream}" > "{consumer}"'
        raise NatsError(f"could not select Consumer: {unknown}") from error
