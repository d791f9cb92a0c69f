"""Idempotency keys with concurrent and repeated requests."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from apps.messaging.models import OutboxMessage
from apps.orders import idempotency
from apps.orders.checkout import CheckedOut, check_out
from apps.orders.lines import RequestedLine
from apps.orders.models import IdempotencyKey, Order

SIDE_BY_SIDE = 20


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("prices")
def test_twenty_concurrent_requests_make_one_order() -> None:
    together = Barrier(SIDE_BY_SIDE)

    def request() -> CheckedOut:
        try:
            together.wait(timeout=60)
            return check_out(
                email="alice@example.com",
                lines=[RequestedLine(sku="ABC", quantity=2)],
                idempotency_key="k",
            )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
        answers = list(threads.map(lambda _: request(), range(SIDE_BY_SIDE)))
    assert Counter(answer.created for answer in answers) == {True: 1, False: SIDE_BY_SIDE - 1}
    assert {answer.order for answer in answers} == {Order.objects.get()}
    assert OutboxMessage.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("prices")
def test_idempotency_keys_are_kept_for_a_day() -> None:
    for key in ("old", "young"):
        check_out(
            email="alice@example.com",
            lines=[RequestedLine(sku="ABC", quantity=2)],
            idempotency_key=key,
        )
    yesterday = timezone.now() - timedelta(hours=24, seconds=1)
    IdempotencyKey.objects.filter(key="old").update(created_at=yesterday)
    assert idempotency.prune() == 1
    assert IdempotencyKey.objects.get().key == "young"
    assert Order.objects.count() == 2


@pytest.mark.django_db
def test_the_api_documents_how_long_a_key_is_kept(client: Client) -> None:
    description = client.get("/api/openapi.json").json()["paths"]["/api/orders"]["post"][
        "description"
    ]
    assert f"{idempotency.KEPT.total_seconds() / 3600:.0f} hours" in description
