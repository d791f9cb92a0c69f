"""How much is measured: `full` for figures to quote, `small` to see that every case works."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Size:
    """Numbers of messages, and the longest time of one measurement."""

    name: str
    rows: int
    """Rows of a full outbox."""
    backlog: int
    """Rows of a large backlog; the small one has a hundredth."""
    one_key: int
    """Rows of one key."""
    events: int
    """Events in the stream, for one consumer."""
    orders: int
    """Orders that pass the whole chain."""
    single: int
    """Single orders or requests whose time is taken, one after the other."""
    pictures: int
    """Photos of twelve megapixels."""
    seconds: float
    """After these a measurement ends, complete or not."""


FULL = Size(
    name="full",
    rows=10_000,
    backlog=100_000,
    one_key=20_000,
    events=5_000,
    orders=1_000,
    single=20,
    pictures=8,
    seconds=2.0,
)
SMALL = Size(
    name="small",
    rows=2_000,
    backlog=10_000,
    one_key=300,
    events=200,
    orders=100,
    single=8,
    pictures=4,
    seconds=1.5,
)
SIZES = {size.name: size for size in (FULL, SMALL)}
