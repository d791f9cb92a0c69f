"""The sales figures rebuilt in memory from the events of a replay."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from apps.messaging.recovery.replay import Replayed
from apps.orders.events import OrderEvent
from apps.orders.queries import agrees_with, orders_alone
from apps.sales.deltas import Figures, delta_of, nothing


@dataclass(kw_only=True)
class Rebuilt:
    """A row for each day and currency; `counted` says by event id which order and day it was.

    What the order belies is `not_ours`: the live consumer made a dead letter of it. Of two events
    of a kind one adds to the figures, for an order comes to each end once.
    """

    rows: dict[tuple[date, str], Figures] = field(default_factory=dict)
    counted: dict[str, tuple[str, date]] = field(default_factory=dict)
    not_ours: set[str] = field(default_factory=set)
    _heard: set[tuple[UUID, type[OrderEvent]]] = field(default_factory=set, init=False)

    def add(self, batch: Collection[Replayed]) -> None:
        orders = orders_alone({each.event.id for each in batch})
        for each in batch:
            event: OrderEvent = each.event
            order = orders.get(event.id)
            if order and agrees_with(order, event):
                if self._is_first(event):
                    self._count(event, order.day_placed)
                self.counted[each.envelope.id] = (each.envelope.key, order.day_placed)
            else:
                self.not_ours.add(each.envelope.id)

    def _count(self, event: OrderEvent, day: date) -> None:
        row = self.rows.setdefault((day, event.currency), nothing())
        for figure, value in delta_of(event).items():
            row[figure] += value

    def _is_first(self, event: OrderEvent) -> bool:
        known = len(self._heard)
        self._heard.add((event.id, type(event)))
        return len(self._heard) > known

    def days(self) -> set[date]:
        return {day for day, _ in self.rows}
