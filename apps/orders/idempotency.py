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
from django.utils import timezone

from apps.orders.errors import KeyReused, KeyTaken, OrderInvalid
from apps.orders.lines import MergedLine
from apps.orders.models import IdempotencyKey, Order

KEPT = timedelta(hours=24)
MAX_LENGTH = 255


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A key, and the fingerprint of the request that came with it."""

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
    """Raises `OrderInvalid` where it is no usable key."""
    if not (0 < len(key) <= MAX_LENGTH and key.isprintable()):
        raise OrderInvalid("Idempotency-Key", f"a key has 1 to {MAX_LENGTH} printable characters")
    total = None if expected_total is None else f"{expected_total:.2f}"
    # A form asks for what it showed: sent twice it is the same, whatever is in the cart by then.
    asked = shown if shown else sorted([line.sku, line.quantity] for line in lines)
    body = [email, asked, total]
    return Claim(key=key, body_hash=hashlib.sha256(json.dumps(body).encode()).hexdigest())


def earlier_order(claim: Claim) -> Order | None:
    """Return the order that this very request has made before. Raises `KeyReused`."""
    row = IdempotencyKey.objects.select_related("order").filter(key=claim.key).first()
    if row is None:
        return None
    if row.body_hash != claim.body_hash:
        raise KeyReused
    return row.order


def order_of(key: str) -> Order | None:
    """Return the order that a request of this name has made, whatever else it asked for."""
    row = IdempotencyKey.objects.select_related("order").filter(key=key).first()
    return row.order if row else None


def take(claim: Claim, *, order: Order) -> None:
    """Bind the key to the order, in its transaction. Raises `KeyTaken`.

    Where another request holds the key uncommitted, the database makes us wait for its end.
    """
    try:
        with transaction.atomic():
            IdempotencyKey.objects.create(key=claim.key, body_hash=claim.body_hash, order=order)
    except IntegrityError as error:
        raise KeyTaken from error


def prune() -> int:
    """Delete the keys that have been kept for long enough; return how many."""
    count, _ = IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    return count
