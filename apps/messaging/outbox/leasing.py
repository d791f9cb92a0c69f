"""The lease of a claim: its rows are locked, leased and read by one statement.

While the shop is idle, an event waits for each statement of its claim. Django has no update that
returns rows, so this one is written out; PostgreSQL and SQLite both understand it.
"""

import math
from collections.abc import Collection
from datetime import timedelta
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import DurationField, ExpressionWrapper, F, Min
from django.db.models.functions import Now

from apps.messaging.leases import until
from apps.messaging.models import OutboxMessage
from apps.messaging.outbox.compiled import Build, Compiled, compiled
from apps.messaging.outbox.rows import Claimed, RowLease

_LEASE = """WITH free AS ({free} AND {among} {lock})
    UPDATE {table} SET lease_token = %s, lease_until = {end}
    WHERE id IN (SELECT id FROM free) AND {among}
    RETURNING {columns}, postponed_since IS NOT NULL
"""
_FIELDS = ("id", "message_id", "transport", "destination", "key", "headers", "body")
_OUTBOX = OutboxMessage._meta
_COLUMNS = "id, message_id, lane, destination, key, headers, body"
"""Those of the fields, in their order."""

type _Row = tuple[Any, ...]


def leased(
    free: Build,
    transport: str,
    wanted: Collection[int],
    *,
    token: str,
    length: timedelta,
    lease: RowLease,
) -> list[Claimed]:
    """Lease those of the wanted rows that `free(transport)` has, and return them, oldest first.

    It passes over locked rows, and over those behind a locked one in its key.
    """
    found = _lease(free, transport, wanted, token, length)
    if len(found) < len(wanted):
        found = _without_those_behind(found, {*wanted}.difference(id for id, *_ in found))
    waited = _waited([id for id, *_, is_held in found if is_held])
    return [
        Claimed(
            id=id,
            message_id=_OUTBOX.get_field("message_id").to_python(message_id),
            lease=lease,
            waited=waited.get(id),
            **dict(zip(_FIELDS[2:], values, strict=True)),
        )
        for id, message_id, *values, _ in sorted(found)
    ]


def _lease(
    free: Build, transport: str, wanted: Collection[int], token: str, length: timedelta
) -> list[_Row]:
    # Numbers of ours, written out: to pass hundreds of parameters takes longer than the statement.
    # The range keeps PostgreSQL from reading all rows.
    numbers = ", ".join(format(id, "d") for id in wanted)
    query, parameters = compiled(free, transport)
    end, ends = _end(length)
    statement = _LEASE.format(
        free=query,
        among=f"id IN ({numbers}) AND id BETWEEN {min(wanted):d} AND {max(wanted):d}",
        lock="FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update else "",
        table=_OUTBOX.db_table,
        end=end,
        columns=_COLUMNS,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, token, *ends])
        return list(cursor.fetchall())


@cache
def _end(length: timedelta) -> Compiled:
    query = OutboxMessage.objects.all().query
    end = until(length).resolve_expression(query)
    statement, parameters = query.get_compiler(DEFAULT_DB_ALIAS).compile(end)
    return statement, tuple(parameters)


def _without_those_behind(found: list[_Row], missing: Collection[int]) -> list[_Row]:
    """Free the rows behind a missing one of their key, and return the others."""
    passed_over = OutboxMessage.objects.filter(id__in=missing)
    first = dict(passed_over.values_list("key").annotate(Min("id")))
    key = _FIELDS.index("key")
    behind = {row[0] for row in found if row[0] > first.get(row[key], math.inf)}
    if behind:
        OutboxMessage.objects.filter(id__in=behind).update(lease_token="", lease_until=None)
    return [row for row in found if row[0] not in behind]


def _waited(held: Collection[int]) -> dict[int, timedelta]:
    if not held:
        return {}
    waited = ExpressionWrapper(Now() - F("postponed_since"), output_field=DurationField())
    return dict(OutboxMessage.objects.filter(id__in=held).values_list("id", waited))
