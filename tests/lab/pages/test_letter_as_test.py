"""A dead letter that is downloaded as a test: it fails until the message can be handled."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains
from pytest_django.fixtures import Settings

from apps.images.contract import ResizeJob
from apps.images.models import Photo
from apps.messaging.errors import MessageUnreadable
from apps.messaging.events import streams
from apps.messaging.events.streams import Consumer
from apps.messaging.models import DeadLetter
from tests.images.drawn import make_photo
from tests.messaging.support.dead_letters import bury
from tests.messaging.support.events import TeaBrewed, make_consumer

REASONS = ["the kettle is cold", 'a """ and a \\ in\nit']

pytestmark = pytest.mark.django_db(transaction=True)


def run_test_of(letter: DeadLetter, client: Client) -> None:
    """Download the letter's test, and run it where there is no such letter."""
    answer = client.get(f"/lab/dead-letters/{letter.pk}/test/")
    name = f"test_dead_letter_{letter.pk}"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}.py"'
    kept = list(DeadLetter.objects.all())
    DeadLetter.objects.all().delete()
    names: dict[str, Any] = {}
    exec(compile(answer.content, f"{name}.py", "exec"), names)
    try:
        names[f"{name}_is_handled"]()
    finally:
        DeadLetter.objects.all().delete()
        DeadLetter.objects.bulk_create(kept)


def is_offered(letter: DeadLetter, client: Client) -> bool:
    """Return whether there is such a file; only then the letter's page has a link to it."""
    path = f"/lab/dead-letters/{letter.pk}/test/"
    found = client.get(path).status_code == 200
    page = client.get(f"/lab/dead-letters/{letter.pk}/")
    (assertContains if found else assertNotContains)(page, path)
    return found


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> list[Consumer]:
    """Return a list of the declared consumers, for the test to fill."""
    declared: list[Consumer] = []
    monkeypatch.setattr(streams, "declared_consumers", lambda: declared)
    return declared


@pytest.mark.parametrize("reason", REASONS)
def test_an_event_fails_until_its_consumer_can_handle_it(
    client: Client, declare: list[Consumer], reason: str
) -> None:
    drunk: list[int] = []

    def fail(_: TeaBrewed) -> None:
        raise MessageUnreadable(reason)

    def drink(event: TeaBrewed) -> None:
        drunk.append(event.cups)

    declare[:] = [make_consumer(fail)]
    letter = bury(reason=reason)
    with pytest.raises(AssertionError):
        run_test_of(letter, client)
    declare[:] = [make_consumer(drink)]
    run_test_of(letter, client)
    assert drunk == [3]


@pytest.mark.parametrize("reason", REASONS)
def test_a_job_fails_until_its_handler_can_do_it(
    client: Client, settings: Settings, tmp_path: Path, reason: str
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    queue = ResizeJob.queue
    body = ResizeJob(id=7).to_json()
    letter = bury(transport="sqs", consumer=queue, destination=queue, body=body, reason=reason)
    with pytest.raises(AssertionError):
        run_test_of(letter, client)
    make_photo(id=7)
    run_test_of(letter, client)
    assert Photo.objects.get(pk=7).status == Photo.Status.READY


def test_without_a_known_handler_no_test_is_offered(client: Client) -> None:
    assert is_offered(bury(consumer="fulfilment"), client)
    assert not is_offered(bury(consumer="a_stranger"), client)
    # Its handler stands in the loops of the lab, and not beside the queue.
    assert not is_offered(bury(transport="sqs", consumer="lab", message_id="2"), client)
    assert not is_offered(bury(transport="queue_group", message_id="3"), client)
