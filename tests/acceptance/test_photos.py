"""A photo from its upload to its renditions: queue group for the preview, SQS for the rest."""

import json
import re
import uuid

import pytest

from tests.acceptance.addresses import Addresses
from tests.acceptance.nats_client import NatsClient
from tests.acceptance.pictures import BLUE, CAMERA, RED, is_near, opened, photo
from tests.acceptance.shop import Shop
from tests.acceptance.staff import Staff
from tests.acceptance.web import Answer
from tests.support.waiting import eventually

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def sku(staff: Staff) -> str:
    return staff.put_on_sale()


@pytest.fixture(scope="module")
def uploaded(shop: Shop, addresses: Addresses, sku: str) -> Answer:
    return shop.upload(sku, photo(), token=addresses.staff_token)


def test_an_accepted_upload_waits_for_its_renditions(uploaded: Answer) -> None:
    assert uploaded.status == 202
    assert uploaded.json["status"] in {"waiting", "ready"}
    assert isinstance(uploaded.json["id"], int)


def test_an_uploaded_photo_soon_has_a_preview(shop: Shop, uploaded: Answer) -> None:
    url = eventually(lambda: shop.photo(uploaded.json["id"])["preview"], within=20)
    assert opened(shop.get(str(url)).body).width == 400


def test_renditions_have_the_promised_sizes_and_formats(shop: Shop, uploaded: Answer) -> None:
    found = shop.finished_photo(uploaded.json["id"])
    assert found["status"] == "ready"
    # Taken lying on its side with 2400 x 1800: it is shown upright, 1800 x 2400.
    assert sorted(
        (each["width"], each["height"], each["format"]) for each in found["renditions"]
    ) == [
        (200, 267, "jpeg"),
        (200, 267, "webp"),
        (800, 1067, "jpeg"),
        (800, 1067, "webp"),
        (1600, 2133, "jpeg"),
        (1600, 2133, "webp"),
    ]


def test_renditions_are_upright_and_without_metadata(shop: Shop, uploaded: Answer) -> None:
    for each in shop.finished_photo(uploaded.json["id"])["renditions"]:
        answer = shop.get(each["url"])
        assert answer.headers["Content-Type"] == f"image/{each['format']}"
        assert CAMERA.encode() not in answer.body
        image = opened(answer.body)
        assert image.size == (each["width"], each["height"])
        assert not image.getexif()
        assert is_near(image.convert("RGB").getpixel((image.width // 2, 5)), RED)
        assert is_near(image.convert("RGB").getpixel((image.width // 2, image.height - 5)), BLUE)


def test_the_product_shows_its_newest_photo(shop: Shop, sku: str, uploaded: Answer) -> None:
    shop.finished_photo(uploaded.json["id"])
    assert shop.product(sku)["photo"]["id"] == uploaded.json["id"]


def test_only_staff_may_upload_photos(shop: Shop, sku: str) -> None:
    assert shop.upload(sku, photo(20, 10)).status == 401
    assert shop.upload(sku, photo(20, 10), token="1.guessed").status == 401


def test_a_file_that_is_not_a_picture_is_rejected_at_upload(
    shop: Shop, sku: str, addresses: Addresses
) -> None:
    answer = shop.upload(sku, b"<svg onload=alert(1)>", token=addresses.staff_token)
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_too_large_picture_is_rejected_at_upload(
    shop: Shop, sku: str, addresses: Addresses
) -> None:
    too_large = photo(20, 10).ljust(10 * MEGABYTE + 1, b"\0")
    assert shop.upload(sku, too_large, token=addresses.staff_token).status == 413


def test_a_truncated_picture_fails_with_the_reason(
    shop: Shop, sku: str, staff: Staff, addresses: Addresses
) -> None:
    whole = photo(640, 480)
    broken = whole[: len(whole) // 2]
    id = shop.upload(sku, broken, token=addresses.staff_token).json["id"]
    found = shop.finished_photo(id)
    assert found["status"] == "failed"
    assert found["reason"]
    letters = staff.dead_letters("cannot be decoded")
    assert {(each["transport"], each["consumer"]) for each in letters} == {("SQS", "jobs")}


def test_each_queue_group_job_goes_to_one_member(
    shop: Shop, nats: NatsClient, staff: Staff
) -> None:
    marker, before = uuid.uuid4().hex, shop.dead_letters("queue_group")
    with nats.listening("jobs.resize", queue="resizers") as mine:
        for number in range(40):
            nats.publish("jobs.resize", f"{marker} {number}".encode())
        # None is a job, so each that the shop's members get is a dead letter within two seconds.
        eventually(lambda: len(mine) + shop.dead_letters("queue_group") - before == 40, within=4)
    assert 0 < len(mine) < 40
    theirs = {each["consumer"] for each in staff.dead_letters(marker)}
    assert theirs == {"preview_resizer"}


@pytest.mark.parametrize("body", [b"nonsense", b"[]", b'{"id": "7"}', b'{"id": 999999999}'])
def test_a_foreign_queue_group_message_is_dead_lettered(
    shop: Shop, nats: NatsClient, body: bytes
) -> None:
    before = shop.dead_letters("queue_group")
    nats.publish("jobs.resize", body)
    eventually(lambda: shop.dead_letters("queue_group") == before + 1, within=2)


def test_the_tutorials_job_makes_the_preview_of_photo_7_again(
    shop: Shop, nats: NatsClient, addresses: Addresses
) -> None:
    if addresses.log is None:
        pytest.skip("the log is on the shop's own machine")
    read_log = addresses.log

    def made() -> int:
        lines = (each for each in read_log().splitlines() if "preview made again" in each)
        return sum(re.search(r"\bphoto\W+7\b", line) is not None for line in lines)

    before, letters = made(), shop.dead_letters("queue_group")
    nats.publish("jobs.resize", json.dumps({"task": "resize", "id": 7}).encode())
    eventually(lambda: made() > before, within=20, what="photo 7 in the log of a member")
    assert shop.finished_photo(7)["status"] == "ready"
    assert shop.dead_letters("queue_group") == letters
