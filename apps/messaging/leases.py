"""Leases on rows, by the database's clock, which is the same for all processes.

The clock of a process may be wrong: if it is set back, the process would keep a row too long.
"""

from datetime import timedelta

from django.db.models import Q
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now


def until(length: timedelta) -> CombinedExpression:
    """Return when a lease ends that is taken now."""
    return Now() + length


def is_free(field: str, *, length: timedelta) -> Q:
    """Return the condition for rows whose lease is free.

    `field` holds its end, `length` is the longest lease. A lease that ends later than any lease can
    was set by a wrong clock.
    """
    ended = Q(**{f"{field}__lte": Now()})
    impossible = Q(**{f"{field}__gt": Now() + 2 * length})
    return Q(**{field: None}) | ended | impossible
