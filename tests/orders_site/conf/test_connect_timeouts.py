"""How long each client waits for a server that takes the connection and says nothing."""

import time
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import environ
import pytest
from botocore.exceptions import ReadTimeoutError
from django.core.files.base import ContentFile
from pytest_django.fixtures import Settings

from apps.messaging.events.streams import ACK_WAIT
from apps.notifications.models import Mail
from apps.notifications.tasks import ask_to_send
from orders_site.conf.database import PATIENCE, database_from
from orders_site.conf.s3_pictures import PicturesInS3
from tests.support.celery_on_sqs import celery_on_sqs
from tests.support.silent import silent_server
from tests.support.waiting import at_least

LIMITS = {"lock_timeout": 2.5}
URL = "postgres://shop:x@db.example.com/shop"


@pytest.fixture
def silent() -> Iterator[str]:
    with silent_server() as port:
        yield f"http://127.0.0.1:{port}"


def options_of(url: str) -> dict[str, object]:
    found: dict[str, object] = database_from(environ.Env.db_url_config(url), LIMITS)["OPTIONS"]
    return found


def test_timeouts_in_the_database_url_apply() -> None:
    ours = PATIENCE | {"options": "-c lock_timeout=2500"}
    assert options_of(URL) == ours
    options = options_of(f"{URL}?connect_timeout=9&sslmode=require")
    assert options == ours | {"connect_timeout": 9, "sslmode": "require"}


def test_session_options_of_the_url_override_the_limits() -> None:
    options = options_of(f"{URL}?options=-c%20lock_timeout%3D9")
    assert options["options"] == "-c lock_timeout=2500 -c lock_timeout=9"


def pictures_in(endpoint_url: str) -> PicturesInS3:
    return PicturesInS3(
        bucket_name="pictures",
        endpoint_url=endpoint_url,
        region_name="eu-west-2",
        access_key="a",
        secret_key="b",
        addressing_style="path",
        signature_version="s3v4",
    )


def test_calls_to_s3_have_a_short_timeout(silent: str) -> None:
    config = pictures_in(silent).connection.meta.client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (2, 10)
    assert config.retries["total_max_attempts"] == 2
    assert (config.s3["addressing_style"], config.signature_version) == ("path", "s3v4")


def test_a_silent_s3_is_given_up_after_two_calls(silent: str, settings: Settings) -> None:
    settings.LONGEST_TIMES = replace(settings.LONGEST_TIMES, s3_call=0.5)
    began = time.monotonic()
    with pytest.raises(ReadTimeoutError):
        pictures_in(silent).save("cup.jpg", ContentFile(b"tea"))
    # A call and its repeat, and up to a second between them.
    assert at_least(2 * 0.5) <= time.monotonic() - began < 10, "the default is twice ten"


def test_enqueuing_on_a_silent_sqs_ends_before_redelivery(silent: str, settings: Settings) -> None:
    settings.AWS_ENDPOINT_URL = silent
    with celery_on_sqs():
        began = time.monotonic()
        ask_to_send([Mail(id=1, order_id=uuid4()), Mail(id=2, order_id=uuid4())])
    assert 1 < time.monotonic() - began < ACK_WAIT.total_seconds()
