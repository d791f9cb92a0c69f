"""`deploy/iam/`: each service does its work on moto's server, which records what that takes."""

import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from pytest_django.fixtures import Settings

from apps.images import deletion, services, uploads
from apps.images.models import Photo
from orders_site.conf.environment import Environment
from orders_site.conf.picture_storage import kept_pictures
from tests.deploy.aws_calls import BUCKET, POLICIES, calls_in, rights_of
from tests.images.drawn import draw, encode, make_photo
from tests.support.moto_server import MotoServer

NOBODY: dict[str, Any] = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key"), "nobody")


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "recording"
    monkeypatch.setenv("MOTO_ENABLE_RECORDING", "true")
    monkeypatch.setenv("MOTO_RECORDER_FILEPATH", str(file))
    return file


@pytest.fixture
def server(recording: Path) -> Iterator[MotoServer]:
    # Of its own: a fork of one that has loaded moto would not see the variables.
    server = MotoServer(program=Path(sysconfig.get_path("scripts")) / "moto_server")
    server.start()
    client = boto3.client(
        "s3",
        endpoint_url=server.url,
        region_name="us-east-1",
        **NOBODY,
    )
    client.create_bucket(Bucket=BUCKET)
    yield server
    server.stop()


@pytest.fixture
def be(server: MotoServer, settings: Settings) -> Callable[[str], None]:
    """Make this process the named service, which its access key bears the name of."""

    def be(service: str) -> None:
        env = Environment(
            {
                "MEDIA_STORAGE": "s3",
                "MEDIA_BUCKET": BUCKET,
                "AWS_DEFAULT_REGION": "eu-west-2",
                "AWS_ENDPOINT_URL": server.url,
                "AWS_ACCESS_KEY_ID": service,
                "AWS_SECRET_ACCESS_KEY": service,
            }
        )
        settings.STORAGES = settings.STORAGES | {"images": kept_pictures(env).storage}

    return be


def reject_a_photo() -> None:
    """What staff's form does where another field is wrong: the file that is stored is deleted."""
    accepted = uploads.accept_photo(sku="A", file=ContentFile(encode(draw())))
    with pytest.raises(ValueError, match="too many"), uploads.recording(accepted):
        raise ValueError("too many")


@pytest.mark.django_db(transaction=True)
def test_a_policy_allows_exactly_the_calls_of_its_service(
    recording: Path, be: Callable[[str], None]
) -> None:
    be("web")
    reject_a_photo()
    photo = make_photo(encode(draw(300, 200), "PNG"))
    be("preview_resizer")
    services.make_preview(id=photo.pk)
    be("web")
    storages["images"].open(Photo.objects.get().preview_key).close()
    be("image_resizer")
    services.make_renditions(id=photo.pk)
    be("web")
    deletion.delete_photos([photo.pk])
    called = calls_in(recording)
    del called["nobody"]
    assert called == {service: rights_of(service) for service in called}
    assert set(called) == {path.stem for path in POLICIES.glob("*.json")}


def test_no_policy_allows_a_wildcard() -> None:
    rights = {right for path in POLICIES.glob("*.json") for right in rights_of(path.stem)}
    assert [right for right in rights if "*" in right[0] or right[1].endswith(":*")] == []
