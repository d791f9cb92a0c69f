"""Mails are sent once, however many tasks ask."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from smtplib import SMTPException

import pytest
from django.core.mail import EmailMessage
from django.db import OperationalError, connections
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.messaging.errors import MessageUnreadable
from apps.messaging.handling import database
from apps.messaging.models import InboxEntry
from apps.notifications import services
from apps.notifications.errors import MailNotTaken
from apps.notifications.models import Mail
from apps.notifications.put_off import AT_ONCE
from apps.notifications.queries import overdue
from apps.orders.journey import journey_of
from apps.orders.models import Order
from tests.notifications.mails import make_mail
from tests.support.migrated import migrated_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail_server_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: EmailMessage) -> None:
        raise SMTPException("try again later")

    monkeypatch.setattr(EmailMessage, "send", fail)


def test_a_mail_has_a_fixed_message_id(mailoutbox: list[EmailMessage]) -> None:
    mail = make_mail()
    assert services.send(mail_id=mail.id)
    (sent,) = mailoutbox
    assert sent.to == ["alice@example.com"]
    assert sent.extra_headers["Message-ID"] == f"<{mail.order_id}-confirmed@example.com>"


def test_a_mail_links_to_the_page_of_its_order(
    client: Client, mailoutbox: list[EmailMessage], settings: Settings
) -> None:
    settings.SITE_URL = "https://shop.example.com/tea/"
    mail = make_mail()
    services.send(mail_id=mail.id)
    link = str(mailoutbox[0].body).split()[-1]
    order = Order.objects.get()
    assert link == f"https://shop.example.com/tea/orders/{order.id}/?token={order.token}"
    assert order.email in client.get(link.removeprefix("https://shop.example.com/tea")).text


def test_a_mail_has_no_link_without_a_site_url(
    mailoutbox: list[EmailMessage], settings: Settings
) -> None:
    settings.SITE_URL = ""
    services.send(mail_id=make_mail().id)
    assert "token" not in mailoutbox[0].body


def test_a_mail_is_marked_as_automatic(mailoutbox: list[EmailMessage]) -> None:
    services.send(mail_id=make_mail().id)
    assert mailoutbox[0].message()["Auto-Submitted"] == "auto-generated"


def test_a_sent_mail_is_in_the_orders_journey(mailoutbox: list[EmailMessage]) -> None:
    mail = make_mail()
    assert [hop.name for hop in journey_of(mail.order_id)].count("mail") == 0
    services.send(mail_id=mail.id)
    mail.refresh_from_db()
    assert (mail.state, mail.claimed_until) == (Mail.State.SENT, None)
    last = journey_of(mail.order_id)[-1]
    assert (last.kind, last.name, last.at) == ("handled", "mail", mail.sent_at)


@pytest.mark.django_db(transaction=True)
def test_a_mail_of_an_older_release_is_once_in_the_journey(
    mailoutbox: list[EmailMessage],
) -> None:
    mail = make_mail()
    services.send(mail_id=mail.id)
    with migrated_back("notifications", "0003_put_off"):
        for consumer in ("mail", "notification"):
            InboxEntry.objects.create(
                consumer=consumer, message_id=mail.key, key=str(mail.order_id)
            )
    names = [hop.name for hop in journey_of(mail.order_id)]
    assert (names.count("mail"), names.count("notification")) == (1, 1)


def test_a_sent_mail_is_not_sent_again(mailoutbox: list[EmailMessage]) -> None:
    mail = make_mail()
    assert [services.send(mail_id=mail.id) for _ in range(3)] == [True, False, False]
    assert len(mailoutbox) == 1


def test_a_mail_claimed_by_another_sender_is_skipped(
    mailoutbox: list[EmailMessage],
) -> None:
    mail = make_mail()
    Mail.objects.filter(id=mail.id).update(claimed_until=timezone.now() + timedelta(seconds=5))
    assert not services.send(mail_id=mail.id)
    assert mailoutbox == []


def test_a_mail_of_a_crashed_sender_is_sent_by_another(mailoutbox: list[EmailMessage]) -> None:
    mail = make_mail()
    Mail.objects.filter(id=mail.id).update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert services.send(mail_id=mail.id)


def test_a_claim_of_a_fast_clock_does_not_block_a_mail(
    mailoutbox: list[EmailMessage],
) -> None:
    mail = make_mail()
    Mail.objects.filter(id=mail.id).update(claimed_until=timezone.now() + timedelta(hours=1))
    assert services.send(mail_id=mail.id)


@pytest.mark.usefixtures("mail_server_away")
def test_a_failed_attempt_is_counted_and_releases_the_claim() -> None:
    mail = make_mail()
    with pytest.raises(MailNotTaken):
        services.send(mail_id=mail.id)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.claimed_until) == (Mail.State.DUE, 1, None)


def test_a_sent_mail_is_recorded_as_soon_as_the_database_takes_it(
    mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its task does not end before: a retry may come to another worker, which would send it."""
    mark, refusals = services._mark_sent, [OperationalError("database or disk is full")] * 2

    def refuse_twice(mail: Mail) -> None:
        if refusals:
            raise refusals.pop()
        mark(mail)

    monkeypatch.setattr(services, "_mark_sent", refuse_twice)
    monkeypatch.setattr(database, "ASK_EVERY_SECONDS", 0.01)
    mail = make_mail()
    assert services.send(mail_id=mail.id)
    mail.refresh_from_db()
    assert (mail.state, len(mailoutbox), refusals) == (Mail.State.SENT, 1, [])


def test_a_claim_of_a_process_with_a_longer_timeout_holds(
    mailoutbox: list[EmailMessage], settings: Settings
) -> None:
    mail = make_mail()
    Mail.objects.update(claimed_until=timezone.now() + settings.LONGEST_MAIL_CLAIM)
    settings.MAIL_CLAIM = timedelta(seconds=20)
    assert not services.send(mail_id=mail.id)


@pytest.mark.usefixtures("mail_server_away")
def test_a_redriven_mail_has_all_its_attempts_again() -> None:
    mail = make_mail()
    Mail.objects.update(state=Mail.State.GIVEN_UP, attempts=2 * AT_ONCE)
    with pytest.raises(MailNotTaken):
        services.send(mail_id=mail.id, is_redriven=True)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (Mail.State.DUE, 1)


def test_a_missing_mail_can_never_be_sent() -> None:
    with pytest.raises(MessageUnreadable, match="4711"):
        services.send(mail_id=4711)


@pytest.mark.django_db(transaction=True)
def test_twenty_concurrent_senders_send_one_mail(mailoutbox: list[EmailMessage]) -> None:
    mail = make_mail()

    def send() -> bool:
        try:
            return services.send(mail_id=mail.id)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: send(), range(20)))
    assert sorted(answers) == [False] * 19 + [True]
    assert len(mailoutbox) == 1


def test_a_mail_due_for_minutes_is_overdue() -> None:
    late, young, sent, hopeless = (make_mail() for _ in range(4))
    Mail.objects.exclude(id=young.id).update(due_at=timezone.now() - timedelta(minutes=3))
    Mail.objects.filter(id=sent.id).update(state=Mail.State.SENT)
    Mail.objects.filter(id=hopeless.id).update(attempts=AT_ONCE)
    assert overdue(since=timedelta(minutes=2)) == [late.id]
