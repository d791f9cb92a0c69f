"""The sales figures rebuilt in memory from the events of a replay."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from apps.messaging.events import inbox
from apps.messaging.recovery.replay import Replayed
from apps.orders.events import OrderEvent
from apps.orders.queries import agrees_with, orders_with_lines
from apps.sales.deltas import Figures, delta_of, nothing


@dataclass(kw_only=True)
class Rebuilt:
    """A row for each day and currency; `counted` is event id → order and day.

    `foreign` has the ids of events that contradict their order: the live consumer made dead letters
    of them. Of two events of one kind and order only one counts. Ids are those of the inbox.
    """

    rows: dict[tuple[date, str], Figures] = field(default_factory=dict)
    counted: dict[str, tuple[str, date]] = field(default_factory=dict)
    foreign: set[str] = field(default_factory=set)
    _seen: set[tuple[UUID, type[OrderEvent]]] = field(default_factory=set, init=False)

    def add(self, batch: Collection[Replayed]) -> None:
        orders = orders_with_lines({each.event.id for each in batch})
        for each in batch:
            event: OrderEvent = each.event
            id = inbox.unique_id(each.envelope)
            order = orders.get(event.id)
            if order and agrees_with(order, event):
                if self._is_first(event):
                    self._count(event, order.day_placed)
                self.counted[id] = (each.envelope.key, order.day_placed)
            else:
                self.foreign.add(id)

    def _count(self, event: OrderEvent, day: date) -> None:
        row = self.rows.setdefault((day, event.currency), nothing())
        for figure, value in delta_of(event).items():
            row[figure] += value

    def _is_first(self, event: OrderEvent) -> bool:
        known = len(self._seen)
        self._seen.add((event.id, type(event)))
        return len(self._seen) > known

    def days(self) -> set[date]:
        return {day for day, _ in self.rows}
