"""Idempotency-Key: the same request sent again, or twenty times at once, makes one order.

The key is inserted in the transaction of the order, so there is no state between "unknown" and
"done": errors are never stored, and the loser of a race reads the winner's order.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from apps.messaging.operations import pruning
from apps.orders.errors import KeyReused, KeyTaken, OrderInvalid
from apps.orders.lines import MergedLine
from apps.orders.models import IdempotencyKey, Order

KEPT = timedelta(hours=24)
MAX_LENGTH = 255


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A key, and the digest of the request that came with it."""

    key: str
    body_hash: str


def claim(
    key: str,
    *,
    email: str,
    lines: Sequence[MergedLine],
    expected_total: Decimal | None,
    shown: str | None = None,
) -> Claim:
    """Return the claim of a request. Raises `OrderInvalid` if the key is not usable."""
    if not (0 < len(key) <= MAX_LENGTH and key.isprintable()):
        raise OrderInvalid("Idempotency-Key", f"a key has 1 to {MAX_LENGTH} printable characters")
    total = None if expected_total is None else f"{expected_total:.2f}"
    # A form orders the lines that it showed: sent twice, it is the same request for any cart.
    asked = shown if shown else sorted([line.sku, line.quantity] for line in lines)
    body = [email, asked, total]
    return Claim(key=key, body_hash=hashlib.sha256(json.dumps(body).encode()).hexdigest())


def earlier_order(claim: Claim) -> Order | None:
    """Return the order that the same request has placed before. Raises `KeyReused`."""
    row = IdempotencyKey.objects.select_related("order").filter(key=claim.key).first()
    if row is None:
        return None
    if row.body_hash != claim.body_hash:
        raise KeyReused
    return row.order


def order_of(key: str) -> Order | None:
    """Return the order that a request with this key has placed; its content is not compared."""
    row = IdempotencyKey.objects.select_related("order").filter(key=key).first()
    return row.order if row else None


def take(claim: Claim, *, order: Order) -> None:
    """Bind the key to the order, in its transaction. Raises `KeyTaken`.

    While another transaction with the same key is open, the database makes this one wait.
    """
    try:
        with transaction.atomic():
            IdempotencyKey.objects.create(key=claim.key, body_hash=claim.body_hash, order=order)
    except IntegrityError as error:
        raise KeyTaken from error


def prune() -> int:
    """Delete keys that are older than `KEPT`; return how many."""
    return pruning.delete(IdempotencyKey.objects.filter(created_at__lt=Now() - KEPT))
