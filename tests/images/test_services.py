"""The states of a photo: stored, previewed, rendered, failed, requested again."""

import hashlib
import json
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.images import queries, services, uploads
from apps.images.errors import (
    NotAPicture,
    OriginalMissing,
    PhotoInvalid,
    PictureBroken,
    PictureTooLarge,
    UnknownPhoto,
)
from apps.images.models import Photo, Rendition
from apps.images.storage import PictureFiles
from apps.messaging.errors import LeaseLost
from apps.messaging.jobs.lease import JobLease
from apps.messaging.models import OutboxMessage
from tests.images.drawn import decode, draw, encode, exif, make_photo
from tests.support.logged import messages_by

pytestmark = pytest.mark.django_db


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def fail(*_: object) -> None:
    raise OSError("the storage does not answer")


def test_an_upload_is_stored_unchanged() -> None:
    data = encode(draw(), exif=exif(Make="Acme"))
    photo = make_photo(data)
    with storages["images"].open(photo.original_key) as file:
        assert file.read() == data
    assert photo.digest == hashlib.sha256(data).hexdigest()


def test_an_upload_waits_and_knows_its_size() -> None:
    photo = make_photo(encode(draw(64, 48), exif=exif(Orientation=6)))
    assert (photo.status, photo.width, photo.height) == ("waiting", 48, 64)


def test_the_clients_file_name_is_not_used() -> None:
    assert make_photo().original_key.startswith("originals/")
    assert "passwd" not in make_photo().original_key


def test_an_upload_and_its_job_are_one_transaction() -> None:
    photo = make_photo()
    row = OutboxMessage.objects.get()
    assert (row.transport, row.destination, row.key) == ("sqs", "jobs", f"photo:{photo.pk}")
    assert json.loads(row.body) == {"task": "resize", "id": photo.pk}


def test_an_upload_that_is_rolled_back_leaves_no_job() -> None:
    with transaction.atomic():
        make_photo()
        transaction.set_rollback(True)
    assert not Photo.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_a_photo_is_recorded_with_the_block_of_its_transaction(picture_folder: Path) -> None:
    photo = uploads.accept_photo(sku="A", file=ContentFile(encode(draw())))
    with uploads.recording(photo):
        assert not Photo.objects.exists()
    assert Photo.objects.get().original_key in files(picture_folder)


@pytest.mark.django_db(transaction=True)
def test_a_rollback_deletes_the_file_of_the_photo_afterwards(
    picture_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_transaction: list[bool] = []
    delete = PictureFiles.delete

    def looked(storage: PictureFiles, name: str) -> None:
        in_transaction.append(connection.in_atomic_block)
        delete(storage, name)

    monkeypatch.setattr(PictureFiles, "delete", looked)
    photo = uploads.accept_photo(sku="A", file=ContentFile(encode(draw())))
    assert files(picture_folder)
    with pytest.raises(LookupError), uploads.recording(photo):
        raise LookupError
    assert not files(picture_folder)
    # A storage may be slow, and others wait for the locks of a transaction.
    assert in_transaction == [False]


@pytest.mark.django_db(transaction=True)
def test_a_storage_that_fails_after_a_rollback_hides_no_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(PictureFiles, "delete", fail)
    photo = uploads.accept_photo(sku="A", file=ContentFile(encode(draw())))
    with pytest.raises(LookupError, match="SKU taken"), uploads.recording(photo):
        raise LookupError("SKU taken")
    (logged,) = messages_by("apps.images.deletion", caplog)
    assert logged == "files not deleted"


def test_a_photo_that_the_database_rejects_leaves_no_file(picture_folder: Path) -> None:
    make_photo(id=7)
    stored = files(picture_folder)
    with pytest.raises(IntegrityError):
        make_photo(id=7)
    assert files(picture_folder) == stored


@pytest.mark.django_db(transaction=True)
def test_a_commit_that_fails_deletes_no_file(
    picture_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server may have committed before the connection was lost: the row needs its file."""

    commit = connection.commit

    def lost() -> None:
        commit()
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(connection, "commit", lost)
    with pytest.raises(OperationalError):
        make_photo()
    monkeypatch.undo()
    connection.close()
    assert Photo.objects.get().original_key in files(picture_folder)


def test_the_preview_is_offered_after_the_commit(
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[list[object]]],
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        make_photo()
    assert "jobs.resize" in str(callbacks)


@pytest.mark.parametrize("data", [b"", b"this is text"], ids=["nothing", "text"])
def test_a_file_that_is_not_a_picture_is_rejected(data: bytes, picture_folder: Path) -> None:
    with pytest.raises(NotAPicture) as refused:
        make_photo(data or None) if data else uploads.add_photo(sku="A", file=ContentFile(b""))
    assert refused.value.status == 400
    assert not files(picture_folder)
    assert not Photo.objects.exists()


def test_a_too_large_file_is_rejected(settings: Settings) -> None:
    settings.PHOTO_MAX_BYTES = 100
    with pytest.raises(PictureTooLarge) as refused:
        make_photo()
    assert refused.value.status == 413
    assert "100 is the limit" in str(refused.value)


def test_a_photo_may_be_given_an_id_that_later_ids_follow() -> None:
    assert make_photo(id=7000).pk == 7000
    assert make_photo().pk == 7001


def test_renditions_make_a_photo_ready(picture_folder: Path) -> None:
    photo = make_photo(encode(draw(900, 600)))
    services.make_renditions(id=photo.pk)
    photo.refresh_from_db()
    assert photo.status == "ready"
    assert photo.ready_at
    assert {(each.width, each.height, each.format) for each in photo.renditions.all()} == {
        (width, height, format)
        for width, height in ((900, 600), (800, 533), (200, 133))
        for format in ("webp", "jpeg")
    }
    for each in photo.renditions.all():
        assert decode((picture_folder / each.key).read_bytes()).size == (each.width, each.height)


def test_a_job_done_twice_has_one_result(picture_folder: Path) -> None:
    photo = make_photo()
    services.make_renditions(id=photo.pk)
    rows, stored = list(Rendition.objects.values()), files(picture_folder)
    # As for two workers at once: the second began before the first was ready.
    Photo.objects.update(status="waiting")
    services.make_renditions(id=photo.pk)
    services.make_renditions(id=photo.pk)
    assert files(picture_folder) == stored
    assert [row["key"] for row in Rendition.objects.values()] == [row["key"] for row in rows]


def test_a_ready_photo_is_not_processed_again() -> None:
    photo = make_photo()
    services.make_renditions(id=photo.pk)
    storages["images"].delete(photo.original_key)
    services.make_renditions(id=photo.pk)
    assert Photo.objects.get().status == "ready"


def test_an_unknown_photo_is_named() -> None:
    with pytest.raises(UnknownPhoto, match="no photo 99"):
        services.make_renditions(id=99)


def test_a_missing_original_is_no_fault_of_the_picture() -> None:
    photo = make_photo()
    storages["images"].delete(photo.original_key)
    with pytest.raises(OriginalMissing, match="has no file"):
        services.make_renditions(id=photo.pk)


def test_a_replaced_original_is_not_shown(picture_folder: Path) -> None:
    photo = make_photo()
    (picture_folder / photo.original_key).write_bytes(encode(draw(70, 50), "PNG"))
    with pytest.raises(PictureBroken, match="not what was uploaded"):
        services.make_renditions(id=photo.pk)


def test_an_undecodable_photo_makes_no_renditions(picture_folder: Path) -> None:
    data = encode(draw(600, 400))
    photo = make_photo(data[: len(data) // 2])
    with pytest.raises(PhotoInvalid):
        services.make_renditions(id=photo.pk)
    assert not Rendition.objects.exists()
    assert list(files(picture_folder)) == [photo.original_key]


def test_a_lost_lease_stops_writing_renditions(picture_folder: Path) -> None:
    photo = make_photo(encode(draw(900, 600)))
    lease = JobLease()

    def check() -> None:
        if len(files(picture_folder)) == 3:  # The original and two of six renditions.
            lease.lose()
        lease.check()

    with pytest.raises(LeaseLost):
        services.make_renditions(id=photo.pk, check=check)
    assert len(files(picture_folder)) == 3
    assert Photo.objects.get().status == "waiting"
    services.make_renditions(id=photo.pk)
    assert Rendition.objects.count() == 6
    assert len(files(picture_folder)) == 7


def test_a_repeated_preview_is_the_same(
    picture_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    photo = make_photo(encode(draw(900, 600)))
    with caplog.at_level(logging.INFO, logger="apps.images"):
        services.make_preview(id=photo.pk)
        stored = files(picture_folder)
        services.make_preview(id=photo.pk)
    assert files(picture_folder) == stored
    photo.refresh_from_db()
    assert (photo.status, photo.preview_width, photo.preview_height) == ("waiting", 400, 267)
    assert decode((picture_folder / photo.preview_key).read_bytes()).size == (400, 267)
    # A person who sent the message manually sees its result.
    assert messages_by("apps.images", caplog) == ["preview made", "preview made again"]


def test_a_job_newer_than_a_ready_photo_makes_it_again(
    picture_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    photo = make_photo()
    services.make_renditions(id=photo.pk)
    stored, ready_at = files(picture_folder), Photo.objects.get().ready_at
    with caplog.at_level(logging.INFO, logger="apps.images"):
        services.make_renditions(id=photo.pk, sent_at=timezone.now())
    photo.refresh_from_db()
    assert ready_at
    assert photo.ready_at
    assert photo.ready_at > ready_at
    assert messages_by("apps.images", caplog) == ["photo made again"]
    assert files(picture_folder) == stored
    assert photo.renditions.count() == 2


def test_a_repeated_job_does_nothing(caplog: pytest.LogCaptureFixture) -> None:
    photo = make_photo()
    sent_at = timezone.now()
    services.make_renditions(id=photo.pk, sent_at=sent_at)
    ready_at = Photo.objects.get().ready_at
    with caplog.at_level(logging.INFO, logger="apps.images"):
        services.make_renditions(id=photo.pk, sent_at=sent_at)
    assert Photo.objects.get().ready_at == ready_at
    nothing = "nothing to do, photo is ready since the job was sent"
    assert messages_by("apps.images", caplog) == [nothing]


def test_a_failed_photo_stores_its_reason() -> None:
    photo = make_photo()
    services.fail_photo(id=photo.pk, reason="too blurred")
    photo.refresh_from_db()
    assert (photo.status, photo.reason) == ("failed", "too blurred")


def test_a_reason_that_no_database_stores_is_escaped() -> None:
    photo = make_photo()
    services.fail_photo(id=photo.pk, reason="not a picture: \x00")
    photo.refresh_from_db()
    assert photo.reason == r"not a picture: \x00"


def test_a_ready_photo_cannot_become_failed() -> None:
    photo = make_photo()
    services.make_renditions(id=photo.pk)
    services.fail_photo(id=photo.pk, reason="late")
    assert Photo.objects.get().status == "ready"


def test_a_photo_whose_renditions_could_not_be_made_again_is_still_shown() -> None:
    photo = make_photo()
    services.make_renditions(id=photo.pk)
    services.redo_renditions(id=photo.pk)
    services.fail_photo(id=photo.pk, reason="the original is gone")
    assert queries.photo_payload(queries.photo(photo.pk))["reason"] == "the original is gone"
    assert photo.sku in queries.photos_of([photo.sku])


def test_a_failed_photo_may_still_become_ready() -> None:
    photo = make_photo()
    services.fail_photo(id=photo.pk, reason="storage away")
    services.make_renditions(id=photo.pk)
    photo.refresh_from_db()
    assert (photo.status, photo.reason) == ("ready", "")


def test_renditions_can_be_made_again_on_demand() -> None:
    photo = make_photo()
    services.make_renditions(id=photo.pk)
    services.redo_renditions(id=photo.pk)
    assert Photo.objects.get().status == "waiting"
    assert queries.photos_of(["ABC"])["ABC"]["renditions"], "the old ones are shown meanwhile"
    services.make_renditions(id=photo.pk)
    assert Photo.objects.get().status == "ready"
