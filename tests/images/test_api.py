"""`GET /api/photos/{id}`, without a login."""

import pytest
from django.test import Client

from apps.images import services
from tests.images.drawn import draw, encode, make_photo

pytestmark = pytest.mark.django_db


def test_a_photo_can_be_read_without_a_login(client: Client) -> None:
    photo = make_photo(encode(draw(300, 200)))
    services.make_preview(id=photo.pk)
    services.make_renditions(id=photo.pk)
    photo.refresh_from_db()
    ready_at = photo.ready_at and photo.ready_at.isoformat(timespec="milliseconds")
    folder = f"/media/photos/{photo.pk}/{photo.digest[:16]}"
    assert client.get(f"/api/photos/{photo.pk}").json() == {
        "id": photo.pk,
        "status": "ready",
        "ready_at": str(ready_at).replace("+00:00", "Z"),
        "preview": f"{folder}/preview.jpeg",
        "renditions": [
            {"width": w, "height": h, "format": f, "url": f"{folder}/{w}.{f}"}
            for w, h in ((300, 200), (200, 133))
            for f in ("webp", "jpeg")
        ],
    }


def test_a_failed_photo_includes_its_reason(client: Client) -> None:
    photo = make_photo()
    services.fail_photo(id=photo.pk, reason="too blurred")
    answer = client.get(f"/api/photos/{photo.pk}").json()
    assert (answer["status"], answer["reason"]) == ("failed", "too blurred")


@pytest.mark.parametrize("id", ["99", "0", "99999999999999999999999"])
def test_an_unknown_photo_is_404(client: Client, id: str) -> None:
    answer = client.get(f"/api/photos/{id}")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
