"""Orders that are in the stream and not in the database, after a restore of an older backup.

The stream keeps events for seven days. They contain the lines and the time of an order, but not
the customer: no event has an e-mail address.
"""

from collections.abc import Callable, Iterator

from apps.messaging.events.streams import Consumer
from apps.messaging.recovery.replay import Replay, Replayed
from apps.orders.events import ORDERS, OrderPlaced
from apps.orders.queries import orders_alone


def _unused(event: OrderPlaced) -> None:
    """Do nothing: the events are only read."""


READER = Consumer(durable="lost-orders", stream=ORDERS, handlers={OrderPlaced: _unused})


def lost_orders(*, on_read: Callable[[int, int], object]) -> Iterator[Replayed]:
    """Yield the event of each lost order, the oldest first; a forged event may be among them.

    `on_read` is called with the number of messages read, and of those in the stream. Raises
    `BrokerAway`.
    """
    replay = Replay(READER, from_sequence=1)
    total = replay.pending()
    for events in replay.read():
        on_read(replay.messages, total)
        known = orders_alone([each.event.id for each in events])
        yield from (each for each in events if each.event.id not in known)
