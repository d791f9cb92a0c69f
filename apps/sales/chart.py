"""The chart of the sales page: a bar for each day, as places in an SVG that has any width."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.sales.models import SalesDay

TOP, BOTTOM, HEIGHT = 14, 190, 214
"""In pixels from the top: the highest value, zero, and the end with the names of the days."""
SHARE_OF_A_BAR = 0.62
"""Of the width of its day."""
LEAST_CEILING = Decimal(10)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A day: `left`, `middle` and `width` in percent of the plot, `top` and `height` in pixels."""

    day: SalesDay
    left: float
    middle: float
    width: float
    top: float
    height: float


@dataclass(frozen=True, kw_only=True)
class GridLine:
    """A value of the axis, and its distance from the top in pixels."""

    value: Decimal
    y: float


@dataclass(frozen=True, kw_only=True)
class Chart:
    """The days of one currency, the oldest first, drawn; and their sums."""

    currency: str
    bars: list[Bar]
    grid: list[GridLine]
    revenue: Decimal
    placed: int
    units: int
    height: int = HEIGHT
    bottom: int = BOTTOM

    @property
    def best(self) -> SalesDay:
        """Return the day with the highest revenue."""
        return max((bar.day for bar in self.bars), key=lambda day: day.revenue)


def chart_of(days: Sequence[SalesDay]) -> Chart:
    """Return the chart of these days, which have one currency; there is at least one."""
    top = ceiling(max(day.revenue for day in days))
    return Chart(
        currency=days[0].currency,
        bars=[_bar(place, len(days), day, top) for place, day in enumerate(days)],
        grid=[GridLine(value=top * part / 2, y=_y(top * part / 2, top)) for part in range(3)],
        revenue=sum((day.revenue for day in days), Decimal(0)),
        placed=sum(day.placed for day in days),
        units=sum(day.units for day in days),
    )


def ceiling(highest: Decimal) -> Decimal:
    """Return the next round number: 10, 20, 50, 100, 200 …, whose half is round too."""
    if highest <= LEAST_CEILING:
        return LEAST_CEILING
    power = Decimal(10) ** math.floor(highest.log10())
    return next(power * step for step in (1, 2, 5, 10) if highest <= power * step)


def _bar(place: int, count: int, day: SalesDay, top: Decimal) -> Bar:
    whole = 100 / count
    y = _y(max(day.revenue, Decimal(0)), top)  # It may be below zero for a moment.
    return Bar(
        day=day,
        left=round((place + (1 - SHARE_OF_A_BAR) / 2) * whole, 2),
        middle=round((place + 0.5) * whole, 2),
        width=round(SHARE_OF_A_BAR * whole, 2),
        top=y,
        height=round(BOTTOM - y, 1),
    )


def _y(value: Decimal, top: Decimal) -> float:
    return round(BOTTOM - float(value / top) * (BOTTOM - TOP), 1)
