"""The page of the load: the rate, the time left, and the figures, which need no script."""

from typing import Any

from django import forms

from apps.lab import queries
from apps.lab.feed.figures import FIGURES
from apps.lab.feed.lag import LAG
from apps.lab.orders.load import DRIVER, GROUPS, KEPT_FOR
from apps.lab.services import MOST_OF_ONE_LOAD, MOST_ORDERS

TIMES = {"60": "1 minute", "300": "5 minutes", "600": "10 minutes"}
RATES = (*range(1, 11), 15, 20, 30, 40, MOST_ORDERS)
USUAL = 5
"""Orders a second in the form while there is no load."""
RECENT = 10
"""Seconds over which a rate is averaged."""


class LoadForm(forms.Form):
    """Orders a second, and for how many seconds."""

    rate = forms.IntegerField(min_value=0, max_value=MOST_ORDERS)
    lasts = forms.ChoiceField(choices=list(TIMES.items()))


def context() -> dict[str, Any]:
    figures = FIGURES.as_dict()
    recent = {name: sum(figures[name][-RECENT:]) / RECENT for name in ("placed", "confirmed")}
    return {
        "rate": queries.load_rate(),
        "seconds_left": queries.load_seconds_left(),
        "chosen": queries.load_rate() or USUAL,
        "rates": RATES,
        "most": MOST_OF_ONE_LOAD,
        "times": list(TIMES.items()),
        "kept_for": round(KEPT_FOR),
        "shown": GROUPS,
        "figures": figures,
        "lag": LAG.as_dict(figures["end"]),
        "recent": recent,
        "driver": DRIVER.counts(),
    }
