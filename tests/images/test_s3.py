"""Pictures in S3 (`MEDIA_STORAGE=s3`), on moto's server."""

import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import boto3
import pytest
from django.core.files.storage import storages
from pytest_django.fixtures import Settings

from apps.images import queries, services
from apps.images.errors import OriginalMissing
from orders_site.conf.environment import Environment
from orders_site.conf.picture_storage import Pictures, kept_pictures
from orders_site.conf.unreadable import Unreadable
from tests.images.drawn import decode, draw, encode, make_photo
from tests.support.moto_server import MotoServer

pytestmark = pytest.mark.one_database

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

BUCKET = "pictures"
KEYS = {"AWS_ACCESS_KEY_ID": "demo", "AWS_SECRET_ACCESS_KEY": "demo"}


def pictures(**environment: str) -> Pictures:
    given = {
        "MEDIA_STORAGE": "s3",
        "MEDIA_BUCKET": BUCKET,
        "AWS_DEFAULT_REGION": "eu-west-2",
    }
    return kept_pictures(Environment(given | environment))


@pytest.fixture
def bucket(sqs_server: MotoServer, settings: Settings) -> "S3Client":
    client = boto3.client(
        "s3",
        endpoint_url=sqs_server.url,
        region_name="us-east-1",
        aws_access_key_id="demo",
        aws_secret_access_key="demo",
    )
    client.create_bucket(Bucket=BUCKET)
    in_s3 = pictures(AWS_ENDPOINT_URL=sqs_server.url, **KEYS)
    settings.STORAGES = settings.STORAGES | {"images": in_s3.storage}
    return client


def keys_in(bucket: "S3Client") -> list[str]:
    return [each["Key"] for each in bucket.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


@pytest.mark.django_db
def test_an_upload_and_its_renditions_are_in_the_bucket(bucket: "S3Client") -> None:
    photo = make_photo(encode(draw(300, 200), "PNG"))
    services.make_renditions(id=photo.pk)
    folders = {key.partition("/")[0] for key in keys_in(bucket)}
    assert folders == {"originals", "photos"}


@pytest.mark.django_db
def test_a_job_done_twice_leaves_the_same_objects(bucket: "S3Client") -> None:
    photo = make_photo(encode(draw(300, 200), "PNG"))
    services.make_renditions(id=photo.pk)
    once = keys_in(bucket)
    services.redo_renditions(id=photo.pk)
    services.make_renditions(id=photo.pk)
    assert keys_in(bucket) == once


@pytest.mark.django_db
def test_a_page_can_load_the_picture_from_its_address(bucket: "S3Client") -> None:
    photo = make_photo(encode(draw(300, 200), "PNG"))
    services.make_preview(id=photo.pk)
    url = queries.photo_payload(queries.photo(photo.pk))["preview"]
    with urllib.request.urlopen(url, timeout=60) as response:
        assert "immutable" in response.headers["Cache-Control"]
        assert response.headers["Content-Type"] == "image/jpeg"
        assert decode(response.read()).width == 300


@pytest.mark.django_db
def test_a_missing_original_is_named(bucket: "S3Client") -> None:
    photo = make_photo()
    bucket.delete_object(Bucket=BUCKET, Key=photo.original_key)
    with pytest.raises(OriginalMissing, match=photo.original_key):
        queries.original_of(photo)


class Refuses(BaseHTTPRequestHandler):
    """S3 for one who may not list the bucket, and asks for an object that is not there."""

    def do_HEAD(self) -> None:
        self.send_error(403)


@pytest.mark.django_db
def test_an_original_that_s3_refuses_is_named_with_both_causes(settings: Settings) -> None:
    photo = make_photo()
    with HTTPServer(("127.0.0.1", 0), Refuses) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        in_s3 = pictures(AWS_ENDPOINT_URL=f"http://127.0.0.1:{server.server_port}", **KEYS)
        settings.STORAGES = settings.STORAGES | {"images": in_s3.storage}
        with pytest.raises(OriginalMissing, match=f"{photo.original_key}: it is missing, or the"):
            queries.original_of(photo)
        server.shutdown()


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({"MEDIA_DOMAIN": "cdn.example.com"}, "https://cdn.example.com/photos/7/a.webp"),
        ({}, "https://pictures.s3.eu-west-2.amazonaws.com/photos/7/a.webp?"),
        (
            {"AWS_DEFAULT_REGION": "us-east-1"},
            "https://pictures.s3.amazonaws.com/photos/7/a.webp?",
        ),
        ({"AWS_ENDPOINT_URL": "http://sqs:5000"}, "http://sqs:5000/pictures/photos/7/a.webp?"),
    ],
    ids=str,
)
def test_the_content_policy_allows_the_pictures_host(
    settings: Settings, environment: dict[str, str], url: str
) -> None:
    kept = pictures(**environment, **KEYS)
    settings.STORAGES = settings.STORAGES | {"images": kept.storage}
    shown = storages["images"].url("photos/7/a.webp")
    assert shown.startswith(url)
    assert any(shown.startswith(f"{origin}/") for origin in kept.origins)


def test_an_unknown_storage_is_rejected_by_name() -> None:
    with pytest.raises(Unreadable, match="MEDIA_STORAGE=tape"):
        pictures(MEDIA_STORAGE="tape")


@pytest.mark.parametrize(
    "name", ["a/b", "pictures/photos", "s3://pictures", "pi:ctures", "ab", "-a-"]
)
def test_an_invalid_bucket_is_named(name: str) -> None:
    with pytest.raises(Unreadable, match=rf"^MEDIA_BUCKET={name} cannot be read: .*without a path"):
        pictures(MEDIA_BUCKET=name)


@pytest.mark.parametrize(
    "name", ["shop-pictures", "Old_Pictures", "arn:aws:s3:eu-west-2:123456789012:accesspoint/shop"]
)
def test_a_valid_bucket_name_is_accepted(name: str) -> None:
    assert pictures(MEDIA_BUCKET=name).storage["OPTIONS"]["bucket_name"] == name
