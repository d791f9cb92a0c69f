"""Dead letters on their pages."""

import json

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from apps.messaging.message import REDRIVE_FOR
from apps.messaging.models import DeadLetter, FailedDelivery, OutboxMessage
from apps.messaging.recovery.causes import causes
from apps.messaging.recovery.redrive import redrive
from tests.messaging.support.dead_letters import bury

pytestmark = pytest.mark.django_db


def state_of(letter: DeadLetter) -> str:
    return DeadLetter.objects.get(pk=letter.pk).state


def test_the_list_shows_dead_letters(client: Client) -> None:
    bury()
    page = client.get("/lab/dead-letters/")
    assertContains(page, "the kettle is cold")
    assertContains(page, "1 dead letter<")


def test_an_empty_list_says_how_to_get_a_letter(client: Client) -> None:
    assertContains(client.get("/lab/dead-letters/"), "There are no dead letters.")


def test_without_a_dead_letter_the_settled_ones_are_listed_and_named_so(client: Client) -> None:
    assertNotContains(client.get("/lab/dead-letters/"), "redriven or dropped")
    redrive(id=bury().pk)
    page = client.get("/lab/dead-letters/")
    assertContains(page, "No letter is dead at the moment: this one was redriven or dropped.")
    assertContains(page, "the kettle is cold")
    assertContains(page, "1 settled letter<")
    bury(message_id="2", reason="the pot is empty")
    page = client.get("/lab/dead-letters/")
    assertNotContains(page, "the kettle is cold")
    assertContains(page, "1 dead letter<")


def test_a_filter_that_is_asked_for_lists_nothing_else(client: Client) -> None:
    redrive(id=bury().pk)
    for asked in ("transport=jetstream&state=dead", "state=dropped"):
        page = client.get(f"/lab/dead-letters/?{asked}")
        assertContains(page, "No dead letter")
        assertNotContains(page, "the kettle is cold")


def test_the_list_is_filtered(client: Client) -> None:
    bury(reason="from the stream")
    bury(message_id="2", transport="sqs", reason="from the queue")
    page = client.get("/lab/dead-letters/?transport=sqs")
    assertContains(page, "from the queue")
    assertNotContains(page, "from the stream")
    assertContains(client.get("/lab/dead-letters/?state=dropped"), "No dead letter")


def test_an_unknown_filter_finds_nothing(client: Client) -> None:
    bury()
    assertContains(client.get("/lab/dead-letters/?transport=pigeon&state=asleep"), "No dead letter")


def test_htmx_gets_only_the_list(client: Client) -> None:
    bury()
    page = client.get("/lab/dead-letters/", headers={"HX-Request": "true"})
    assertContains(page, "the kettle is cold")
    assertNotContains(page, "<html")


def test_a_letter_is_shown_with_all_details(client: Client) -> None:
    letter = bury(attempts=3, traceback="Traceback: boiled over")
    FailedDelivery.objects.create(
        consumer=letter.consumer, message_id=letter.message_id, error="lukewarm", traceback=""
    )
    page = client.get(f"/lab/dead-letters/{letter.pk}/")
    for text in ("the kettle is cold", "boiled over", "lukewarm", "ce-id", "  &quot;cups&quot;: 3"):
        assertContains(page, text)


def test_a_body_that_is_not_json_is_shown_unchanged(client: Client) -> None:
    letter = bury(body="<tea>")
    assertContains(client.get(f"/lab/dead-letters/{letter.pk}/"), "&lt;tea&gt;")


def test_an_unknown_letter_is_not_found(client: Client) -> None:
    assert client.get("/lab/dead-letters/999/").status_code == 404


def test_a_letter_is_redriven(client: Client) -> None:
    letter = bury()
    answer = client.post(f"/lab/dead-letters/{letter.pk}/redrive/", follow=True)
    assertRedirects(answer, "/lab/dead-letters/")
    assertContains(answer, "is sent again")
    assert state_of(letter) == "redriven"
    assert OutboxMessage.objects.count() == 1


def test_a_redriven_letter_is_sent_again_only_on_request(client: Client) -> None:
    letter = bury()
    redrive(id=letter.pk)
    path = f"/lab/dead-letters/{letter.pk}/redrive/"
    assertContains(client.post(path, follow=True), "Not redriven")
    assertContains(client.post(path, {"again": "yes"}, follow=True), "is sent again")
    assert OutboxMessage.objects.count() == 2


def test_a_letter_is_dropped_once(client: Client) -> None:
    letter = bury()
    path = f"/lab/dead-letters/{letter.pk}/drop/"
    assertContains(client.post(path, follow=True), "is dropped")
    assert state_of(letter) == "dropped"
    assertContains(client.post(path, follow=True), "Not dropped")


def test_a_dropped_letter_gives_an_error_text(client: Client) -> None:
    answer = client.post("/lab/dead-letters/999/redrive/", follow=True)
    assertContains(answer, "there is no dead letter 999")


def test_a_get_request_changes_nothing(client: Client) -> None:
    letter = bury()
    assert client.get(f"/lab/dead-letters/{letter.pk}/drop/").status_code == 405
    assert state_of(letter) == "dead"


def test_letters_of_one_cause_are_redriven_together(client: Client) -> None:
    for id in ("1", "2"):
        bury(message_id=id)
    other = bury(message_id="3", reason="the pot is empty")
    page = client.get("/lab/dead-letters/")
    assertContains(page, "Redrive all 2")
    digest = next(cause.digest for cause in causes() if "kettle" in cause.error)
    answer = client.post(f"/lab/dead-letters/causes/{digest}/redrive/", follow=True)
    assertContains(answer, "2 dead letters of this cause are sent again")
    assert state_of(other) == "dead"
    assert OutboxMessage.objects.count() == 2


def test_letters_of_one_cause_are_dropped_together(client: Client) -> None:
    letters = [bury(message_id=id) for id in ("1", "2")]
    (cause,) = causes()
    answer = client.post(f"/lab/dead-letters/causes/{cause.digest}/drop/", follow=True)
    assertContains(answer, "2 dead letters of this cause are dropped")
    assert [state_of(letter) for letter in letters] == ["dropped", "dropped"]


def test_letters_of_different_causes_are_listed_alone(client: Client) -> None:
    bury(message_id="1")
    bury(message_id="2", reason="the pot is empty")
    assertNotContains(client.get("/lab/dead-letters/"), "By cause")


def test_a_cause_without_letters_is_reported(client: Client) -> None:
    answer = client.post("/lab/dead-letters/causes/abc/drop/", follow=True)
    assertContains(answer, "0 dead letters of this cause")


def test_a_corrected_copy_is_sent_and_the_letter_stays(client: Client) -> None:
    letter = bury()
    path = f"/lab/dead-letters/{letter.pk}/copy/"
    assertContains(client.post(path, {"body": '{\r\n"cups": 4}'}, follow=True), "A copy of")
    row = OutboxMessage.objects.get()
    headers = json.loads(row.headers)
    assert row.body == '{\n"cups": 4}'
    assert headers["ce-id"] not in (letter.message_id, "")
    assert headers[REDRIVE_FOR] == letter.consumer
    assert state_of(letter) == "dead"


def test_a_task_of_celery_is_not_copied(client: Client) -> None:
    letter = bury(transport="celery")
    page = client.get(f"/lab/dead-letters/{letter.pk}/")
    assertNotContains(page, "A corrected copy")
    answer = client.post(f"/lab/dead-letters/{letter.pk}/copy/", {"body": "{}"}, follow=True)
    assertContains(answer, "Not sent")
    assert not OutboxMessage.objects.exists()
