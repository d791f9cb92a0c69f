"""The sales figures built anew, in memory, from the events of a replay."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from apps.messaging.replay import Replayed
from apps.orders.events import OrderEvent
from apps.orders.queries import days_placed
from apps.sales.deltas import Figures, delta_of, nothing


@dataclass(kw_only=True)
class Rebuilt:
    """A row for each day and currency; `counted` says by event id which order and day it was."""

    rows: dict[tuple[date, str], Figures] = field(default_factory=dict)
    counted: dict[str, tuple[str, date]] = field(default_factory=dict)
    unknown: int = 0

    def add(self, batch: Collection[Replayed]) -> None:
        days = days_placed({each.event.id for each in batch})
        for each in batch:
            event: OrderEvent = each.event
            if day := days.get(event.id):
                self._count(event, day)
                self.counted[each.envelope.id] = (each.envelope.key, day)
            else:
                self.unknown += 1

    def _count(self, event: OrderEvent, day: date) -> None:
        row = self.rows.setdefault((day, event.currency), nothing())
        for figure, value in delta_of(event).items():
            row[figure] += value

    def days(self) -> set[date]:
        return {day for day, _ in self.rows}
