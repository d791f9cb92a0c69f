"""The cleanup task of orders."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.orders import idempotency, tasks
from apps.orders.models import IdempotencyKey
from tests.orders.factories import make_order

pytestmark = pytest.mark.django_db


def test_cleanup_prunes_only_old_idempotency_keys() -> None:
    order = make_order()
    for key in ("old", "young"):
        idempotency.take(idempotency.Claim(key=key, body_hash="h"), order=order)
    long_ago = timezone.now() - timedelta(days=30)
    IdempotencyKey.objects.filter(key="old").update(created_at=long_ago)
    tasks.clean_up()
    assert IdempotencyKey.objects.get().key == "young"
