"""Finished pictures over HTTP; uploaded originals stay private."""

from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.test import Client

from apps.images import queries, services
from tests.images.drawn import decode, make_photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def url() -> str:
    photo = make_photo()
    services.make_renditions(id=photo.pk)
    payload = queries.photo_payload(queries.photo(photo.pk))
    return str(payload["renditions"][0]["url"])


def test_a_rendition_is_served_with_an_unlimited_cache_time(client: Client, url: str) -> None:
    answer = client.get(url)
    assert decode(answer.getvalue()).format == "WEBP"
    assert answer.headers["Content-Type"] == "image/webp"
    assert "immutable" in answer.headers["Cache-Control"]


def test_originals_are_not_served(client: Client, picture_folder: Path) -> None:
    key = make_photo().original_key
    assert (picture_folder / key).exists()
    for path in (key, f"photos/../{key}", f"photos/%2e%2e/{key}", f"photos//{key}"):
        assert client.get(f"/media/{path}").status_code in {400, 404}


@pytest.mark.parametrize(
    "path",
    [
        "photos/../../etc/passwd",
        "photos/..%2f..%2f..%2fetc%2fpasswd",
        "photos//etc/passwd",
        "photos/%2fetc%2fpasswd",
        "photos/..%5c..%5cetc%5cpasswd",
        "photos/7/%00",
        "photos/",
        "../manage.py",
    ],
)
def test_no_path_can_leave_the_folder(client: Client, url: str, path: str) -> None:
    answer = client.get(f"/media/{path}")
    assert answer.status_code in {400, 404}
    assert b"root:" not in answer.content


def test_a_missing_picture_is_404(client: Client) -> None:
    assert client.get("/media/photos/7/x/200.webp").status_code == 404


def test_picture_addresses_accept_only_reading(client: Client, url: str) -> None:
    assert client.post(url).status_code == 405
    assert storages["images"].exists(url.removeprefix("/media/"))
