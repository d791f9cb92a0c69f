"""The fixture `published`: what the code under test has recorded in the outbox, as its classes."""

import json
from typing import Any, overload

from apps.messaging.contracts.declared import declared_contracts
from apps.messaging.message import Event, Job
from apps.messaging.models import OutboxMessage
from apps.messaging.testing.errors import KitError

type Recordable = Event | Job


class PublishedMessages:
    """Reads the outbox of the test's database, oldest first."""

    @overload
    def __call__(self, *, key: str | None = None) -> list[Recordable]: ...
    @overload
    def __call__[M: Recordable](self, kind: type[M], *, key: str | None = None) -> list[M]: ...
    def __call__(self, kind: type[Any] | None = None, *, key: str | None = None) -> list[Any]:
        """Return the messages that were recorded: of this class or of all, of this key or of all.

        Sent messages are among them. Without `kind`, each must be in `MESSAGING_CONTRACTS`; raises
        `KitError` if one is not.
        """
        rows = OutboxMessage.objects.order_by("id")
        rows = rows if key is None else rows.filter(key=key)
        known = _declared() if kind is None else {_name_of(kind): kind}
        found = [(_name_in(row), row.body) for row in rows]
        if kind is None:
            _require({name for name, _ in found}, known)
        return [known[name].read(body) for name, body in found if name in known]


def _name_of(kind: type[Recordable]) -> str:
    """Return the `ce-type` of an event, the queue of a job."""
    return kind.ce_type() if issubclass(kind, Event) else kind.queue


def _name_in(row: OutboxMessage) -> str:
    if row.transport == OutboxMessage.Transport.SQS:
        return row.destination
    return str(json.loads(row.headers).get("ce-type", row.destination))


def _declared() -> dict[str, type[Recordable]]:
    payloads = [contract.payload for contract in declared_contracts()]
    return {_name_of(each): each for each in payloads if issubclass(each, Event | Job)}


def _require(names: set[str], known: dict[str, type[Recordable]]) -> None:
    if unknown := sorted(names - known.keys()):
        raise KitError(
            f"{unknown[0]} was recorded, and no tuple of MESSAGING_CONTRACTS has it: add it to "
            "CONTRACTS of its app, or ask for its class, as in published(OrderPlaced)"
        )
