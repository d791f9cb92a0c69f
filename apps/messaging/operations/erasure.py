"""Erases a text from stored messages, for instance a customer's address.

Our own events and jobs contain no address. Messages of other senders may contain one, and so may
the error text of a mail server.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from apps.messaging.models import DeadLetter, FailedDelivery, OutboxMessage

_TEXTS: dict[type[Model], tuple[str, ...]] = {
    DeadLetter: ("reason", "traceback", "body", "headers"),
    FailedDelivery: ("error", "traceback"),
    OutboxMessage: ("error", "body", "headers"),
}


def count(address: str) -> dict[str, int]:
    """Return how many rows of each table hold this e-mail address."""
    return {_name(model): sum(1 for _ in _holding(model, address)) for model in _TEXTS}


def black_out(address: str, *, by: str) -> dict[str, int]:
    """Replace the address by `by`; return how many rows of each table were changed."""
    counts = {}
    pattern = _pattern(address)
    for model, fields in _TEXTS.items():
        rows = list(_holding(model, address))
        for row in rows:
            for field in fields:
                setattr(row, field, _without(getattr(row, field), pattern, by))
            row.save(update_fields=fields)
        counts[_name(model)] = len(rows)
    return counts


def _holding(model: type[Model], address: str) -> Iterator[Any]:
    """Yield the rows that name exactly this address: `ann@…` is not in `joann@…`."""
    rows: QuerySet[Any] = model._default_manager.all()
    wanted = Q()
    for field in _TEXTS[model]:
        rows = rows.annotate(**{f"{field}_text": Cast(field, TextField())})
        wanted |= Q(**{f"{field}_text__icontains": address})
    pattern = _pattern(address)
    for row in rows.filter(wanted).iterator():
        if any(pattern.search(getattr(row, f"{field}_text")) for field in _TEXTS[model]):
            yield row


def _pattern(address: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.+-]){re.escape(address)}(?![\w-]|\.\w)", re.IGNORECASE)


def _without(value: Any, pattern: re.Pattern[str], by: str) -> Any:
    if isinstance(value, dict):
        return {pattern.sub(by, name): pattern.sub(by, text) for name, text in value.items()}
    return pattern.sub(by, value)


def _name(model: type[Model]) -> str:
    return str(model._meta.verbose_name_plural)
