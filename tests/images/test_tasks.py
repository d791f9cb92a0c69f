"""Jobs that beat records again because the queue may have lost them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.images import tasks
from apps.images.models import Photo
from apps.messaging.models import OutboxMessage

pytestmark = pytest.mark.django_db


def test_the_task_records_the_job_of_a_long_waiting_photo_again() -> None:
    late, _young = (Photo.objects.create(sku="ABC", width=1, height=1) for _ in range(2))
    Photo.objects.filter(id=late.id).update(asked_at=timezone.now() - timedelta(days=30))
    tasks.reconcile()
    assert OutboxMessage.objects.get(destination="jobs").key
