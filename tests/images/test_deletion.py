"""A photo is deleted: its files go with it, after the commit."""

from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from apps.images import deletion, services
from apps.images.models import Photo, Rendition
from apps.images.storage import PictureFiles
from tests.images.drawn import draw, encode, make_photo
from tests.support.logged import logged_by

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/admin/images/photo/"


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def make_ready_photo() -> Photo:
    photo = make_photo(encode(draw(900, 600)))
    services.make_preview(id=photo.pk)
    services.make_renditions(id=photo.pk)
    return photo


def test_a_photo_deleted_in_the_admin_leaves_no_file(
    admin_client: Client, picture_folder: Path
) -> None:
    photo = make_ready_photo()
    assert len(files(picture_folder)) > 3
    admin_client.post(f"{LIST}{photo.pk}/delete/", {"post": "yes"})
    assert not Photo.objects.exists()
    assert not Rendition.objects.exists()
    assert files(picture_folder) == []


def test_photos_deleted_by_the_action_leave_the_files_of_others(
    admin_client: Client, picture_folder: Path
) -> None:
    stays = make_ready_photo()
    before = files(picture_folder)
    selected = [make_ready_photo().pk, make_photo().pk]
    action = {"action": "delete_selected", "_selected_action": selected, "post": "yes"}
    admin_client.post(LIST, action)
    assert Photo.objects.get() == stays
    assert files(picture_folder) == before


def test_a_deletion_that_is_rolled_back_keeps_row_and_files(picture_folder: Path) -> None:
    photo = make_ready_photo()
    before = files(picture_folder)
    with transaction.atomic():
        deletion.delete_photos([photo.pk])
        assert files(picture_folder) == before  # Until the commit, pages show it.
        transaction.set_rollback(True)
    assert Photo.objects.get() == photo
    assert files(picture_folder) == before


def test_a_storage_that_is_away_keeps_files_that_the_log_names(
    admin_client: Client,
    picture_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    photo = make_ready_photo()
    before = files(picture_folder)
    tried: list[str] = []

    def delete(storage: PictureFiles, name: str) -> None:
        tried.append(name)
        raise OSError("the storage does not answer")

    monkeypatch.setattr(PictureFiles, "delete", delete)
    answer = admin_client.post(f"{LIST}{photo.pk}/delete/", {"post": "yes"})
    assert answer.status_code == 302
    assert not Photo.objects.exists()
    (left,) = [vars(each) for each in logged_by("apps.images.deletion", caplog) if each.exc_info]
    assert sorted(left["files"]) == before
    assert len(tried) == 1
