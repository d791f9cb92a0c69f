"""Photos in the admin: shown, and requested again."""

import pytest
from django.test import Client

from apps.images import services
from apps.images.models import Photo
from apps.messaging.models import OutboxMessage
from tests.images.drawn import make_photo

pytestmark = pytest.mark.django_db

LIST = "/admin/images/photo/"


def test_the_admin_shows_a_photo_and_its_renditions(admin_client: Client) -> None:
    photo = make_photo()
    services.make_renditions(id=photo.pk)
    answer = admin_client.get(f"{LIST}{photo.pk}/change/")
    assert f"photos/{photo.pk}/" in answer.content.decode()


def test_the_admin_can_request_renditions_again(admin_client: Client) -> None:
    photo = make_photo()
    services.fail_photo(id=photo.pk, reason="storage away")
    admin_client.post(LIST, {"action": "make_renditions_again", "_selected_action": [photo.pk]})
    assert Photo.objects.get().status == "waiting"
    assert OutboxMessage.objects.count() == 2
