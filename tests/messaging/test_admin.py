"""Redriving and dropping in the admin."""

import pytest
from django.contrib.auth.models import Permission, User
from django.db import transaction
from django.test import Client
from django.urls import reverse

from apps.messaging import outbox
from apps.messaging.models import DeadLetter, FailedDelivery, OutboxMessage
from tests.messaging.support.dead_letters import bury
from tests.messaging.support.events import TeaBrewed

pytestmark = pytest.mark.django_db

LETTERS = reverse("admin:messaging_deadletter_changelist")
OUTBOX = reverse("admin:messaging_outboxmessage_changelist")


@pytest.fixture
def looker(client: Client) -> Client:
    """A member of the staff with the view permission only."""
    user = User.objects.create_user("looker", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_deadletter"))
    client.force_login(user)
    return client


def act(client: Client, action: str, *letters: DeadLetter) -> str:
    chosen = {"action": action, "_selected_action": [letter.pk for letter in letters]}
    return client.post(LETTERS, chosen, follow=True).text


def states() -> list[str]:
    return list(DeadLetter.objects.order_by("id").values_list("state", flat=True))


def test_selected_dead_letters_are_redriven(admin_client: Client) -> None:
    letters = [bury(message_id=name) for name in "abc"]
    assert "Redriven: 2" in act(admin_client, "redrive", *letters[:2])
    assert states() == ["redriven", "redriven", "dead"]


def test_a_redriven_dead_letter_is_not_sent_twice(admin_client: Client) -> None:
    letter = bury()
    act(admin_client, "redrive", letter)
    assert "was redriven at" in act(admin_client, "redrive", letter)
    assert OutboxMessage.objects.count() == 1


def test_selected_dead_letters_are_dropped(admin_client: Client) -> None:
    assert "Dropped: 1" in act(admin_client, "drop", bury())
    assert states() == ["dropped"]


def test_view_permission_allows_neither_redrive_nor_drop(looker: Client) -> None:
    letter = bury()
    assert looker.get(LETTERS).status_code == 200
    for action in ("redrive", "drop", "delete_selected"):
        act(looker, action, letter)
    assert states() == ["dead"]


def test_a_dead_letter_cannot_be_deleted_in_the_admin(admin_client: Client) -> None:
    act(admin_client, "delete_selected", bury())
    assert states() == ["dead"]


def test_a_dead_letters_page_shows_every_failed_attempt(admin_client: Client) -> None:
    FailedDelivery.objects.create(
        consumer="drinker", message_id="event-1", error="it was <cold> before", traceback=""
    )
    page = admin_client.get(reverse("admin:messaging_deadletter_change", args=[bury().pk]))
    assert "it was &lt;cold&gt; before" in page.text


def test_a_dead_row_of_the_outbox_is_requeued(admin_client: Client) -> None:
    with transaction.atomic():
        outbox.record(TeaBrewed(cups=1), key="pot")
    row = OutboxMessage.objects.get()
    requeue = {"action": "requeue", "_selected_action": [row.pk]}
    assert "is not dead" in admin_client.post(OUTBOX, requeue, follow=True).text
    OutboxMessage.objects.update(dead_at=row.recorded_at, tries=5)
    assert "Requeued: 1" in admin_client.post(OUTBOX, requeue, follow=True).text
    row.refresh_from_db()
    assert (row.dead_at, row.tries) == (None, 0)
