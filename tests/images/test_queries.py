"""Photos as the API and the pages show them."""

import pytest
from pytest_django import DjangoAssertNumQueries

from apps.images import queries, services
from tests.images.drawn import draw, encode, make_photo

pytestmark = pytest.mark.django_db


def make_ready(sku: str = "ABC") -> int:
    photo = make_photo(encode(draw(900, 600)), sku=sku)
    services.make_renditions(id=photo.pk)
    return photo.pk


def test_a_waiting_photo_has_no_picture() -> None:
    photo = make_photo()
    assert queries.photo_payload(photo) == {
        "id": photo.pk,
        "status": "waiting",
        "preview": None,
        "renditions": [],
    }


def test_a_preview_is_shown_while_the_renditions_are_made() -> None:
    photo = make_photo()
    services.make_preview(id=photo.pk)
    payload = queries.photo_payload(queries.photo(photo.pk))
    assert payload["preview"] == f"/media/photos/{photo.pk}/{photo.digest[:16]}/preview.jpeg"


def test_a_ready_photo_lists_its_renditions_largest_first() -> None:
    payload = queries.photo_payload(queries.photo(make_ready()))
    assert [(each["width"], each["format"]) for each in payload["renditions"]] == [
        (900, "webp"),
        (900, "jpeg"),
        (800, "webp"),
        (800, "jpeg"),
        (200, "webp"),
        (200, "jpeg"),
    ]


def test_a_rendition_replaces_a_lost_preview() -> None:
    payload = queries.photo_payload(queries.photo(make_ready()))
    assert payload["preview"].endswith("/200.jpeg")


def test_only_a_failed_photo_has_a_reason() -> None:
    photo = make_photo()
    services.fail_photo(id=photo.pk, reason="too blurred")
    assert queries.photo_payload(queries.photo(photo.pk))["reason"] == "too blurred"


def test_the_newest_photo_with_a_picture_is_shown() -> None:
    make_ready()
    newest = make_ready()
    make_photo()  # Nothing of it yet.
    services.fail_photo(id=make_photo().pk, reason="broken")
    assert queries.photos_of(["ABC", "NONE"])["ABC"]["id"] == newest


def test_the_state_is_that_of_the_newest_photo() -> None:
    make_ready()
    failed = make_photo()
    services.fail_photo(id=failed.pk, reason="broken")
    states = queries.photo_states(["ABC", "NONE"])
    assert set(states) == {"ABC"}
    assert (states["ABC"].id, states["ABC"].reason) == (failed.pk, "broken")
    assert states["ABC"].has_failed


def test_a_photo_is_in_progress_until_it_is_ready() -> None:
    photo = make_photo()
    services.make_preview(id=photo.pk)
    state = queries.photo_states(["ABC"])["ABC"]
    assert (state.is_under_way, state.has_preview) == (True, True)
    services.make_renditions(id=photo.pk)
    assert not queries.photo_states(["ABC"])["ABC"].is_under_way


def test_a_page_gets_a_srcset_for_each_format() -> None:
    id = make_ready()
    shown = queries.photos_of(["ABC"])["ABC"]
    assert (shown["width"], shown["height"]) == (900, 600)
    folder = f"/media/photos/{id}/{queries.photo(id).digest[:16]}"
    assert shown["srcset"]["webp"] == (
        f"{folder}/900.webp 900w, {folder}/800.webp 800w, {folder}/200.webp 200w"
    )


def test_a_page_of_photos_costs_two_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    skus = ["A", "B", "C"]
    for sku in skus:
        make_ready(sku)
    with django_assert_num_queries(2):
        assert set(queries.photos_of(skus)) == set(skus)
