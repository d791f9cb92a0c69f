"""`manage.py erase`: orders no longer name their customer, and no running work is lost."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from smtplib import SMTPRecipientsRefused

import pytest
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.core.serializers import serialize
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

import orders_site.celery  # noqa: F401  the app whose tasks they are
from apps.messaging.errors import MessageUnreadable
from apps.messaging.models import DeadLetter, FailedDelivery
from apps.messaging.recovery.redrive import redrive
from apps.notifications import services, tasks
from apps.notifications.models import Mail
from apps.notifications.services import write_order_mails
from apps.orders import access, checkout, idempotency
from apps.orders.cart import Cart
from apps.orders.errors import KeyReused
from apps.orders.events import OrderCancelled, OrderConfirmed
from apps.orders.lines import RequestedLine
from apps.orders.models import CartItem, Order, VisitorsOrder
from apps.orders.visitors import VISITOR_ID
from tests.messaging.support.dead_letters import bury
from tests.orders.conftest import FakePrices
from tests.orders.factories import cancel, confirm, event_of, make_order

pytestmark = pytest.mark.django_db

ANN = "ann@example.com"
JOANN = "joann@example.com"


def erase(email: str = ANN, *, apply: bool = True) -> str:
    out = StringIO()
    call_command("erase", email, *(["--apply"] if apply else []), stdout=out)
    return out.getvalue()


def make_customer(email: str = ANN) -> Order:
    """One whose order is confirmed and whose mail was sent."""
    order = confirm(make_order(email=email))
    (mail,) = write_order_mails([event_of(OrderConfirmed, order)])
    services.send(mail_id=mail.id)
    return order


def all_that_is_stored() -> Iterator[str]:
    for model in apps.get_models():
        if model is Session:
            yield from (str(each.get_decoded()) for each in Session.objects.all())
        else:
            yield serialize("json", model._default_manager.all())


def is_stored(text: str) -> bool:
    return any(text.lower() in each.lower() for each in all_that_is_stored())


def test_erasing_removes_one_customer_and_keeps_the_others() -> None:
    order, other = make_customer(), make_customer(JOANN)
    make_customer("Ann@Example.com")
    bury(message_id="1", reason=f"550 no such user <{ANN}>.", body=f'{{"to": "{ANN}"}}')
    bury(message_id="2", headers={"reply-to": ANN}, traceback=f"refused: {{'{ANN}': (550)}}")
    bury(message_id="3", reason=f"refused: {JOANN}, {ANN}")
    FailedDelivery.objects.create(consumer="c", message_id="1", error=f"refused: {ANN}")
    redrive(id=bury(message_id="4", body=f"from {ANN}").pk)

    erase()

    stored = "".join(all_that_is_stored()).lower()
    assert ANN not in stored.replace(JOANN, "")
    order.refresh_from_db()
    other.refresh_from_db()
    assert (order.status, order.total, order.lines.count()) == ("confirmed", other.total, 1)
    assert (other.email, Mail.objects.get(order=other).to) == (JOANN, JOANN)
    assert JOANN in DeadLetter.objects.get(message_id="3").reason


def test_erasing_without_apply_only_reports() -> None:
    make_customer()
    bury(body=ANN)
    before = list(all_that_is_stored())
    said = erase(apply=False)
    assert list(all_that_is_stored()) == before
    rows = dict(line.rsplit(maxsplit=1) for line in said.splitlines()[:-1])
    assert (rows["orders"], rows["mails"], rows["dead letters"]) == ("1", "1", "1")
    assert said.splitlines()[-1] == "nothing was changed; --apply erases the customer"


def test_the_command_lists_what_it_does_not_erase() -> None:
    make_customer()
    said = erase()
    for each in ("events", "back-ups", "logs", "mail server"):
        assert each in said


def test_mail_links_of_an_erased_customer_are_invalid(client: Client) -> None:
    order = make_customer()
    erase()
    assert not access.is_token_of(Order.objects.get(), order.token)
    assert order.token not in Mail.objects.get().body
    page = client.get(f"/orders/{order.id}/", {"token": order.token}, follow=True)
    assert "erased" not in page.text


def test_erasing_ends_only_the_customers_own_session() -> None:
    def visit(email: str) -> str:
        session = SessionStore()
        session.create()
        Cart(session).add("ABC", 1)
        access.remember(session, make_customer(email))
        session.save()
        return str(session.session_key)

    visit(ANN)
    others = visit(JOANN)
    erase()
    assert [each.session_key for each in Session.objects.all()] == [others]
    assert str(CartItem.objects.get().cart) == Session.objects.get().get_decoded()[VISITOR_ID]


def test_a_signed_in_user_stays_signed_in(admin_client: Client) -> None:
    session = admin_client.session
    access.remember(session, make_customer())
    other = make_customer(JOANN)
    access.remember(session, other)
    session.save()
    erase()
    assert admin_client.get("/admin/").status_code == 200
    assert [each.order for each in VisitorsOrder.objects.all()] == [other]
    assert access.was_placed_in(admin_client.session, other)


def test_sessions_of_the_release_before_forget_an_erased_customer(admin_client: Client) -> None:
    """They list their orders themselves."""
    order, other = make_customer(), make_customer(JOANN)
    visit, staff = SessionStore(), admin_client.session
    for each in (visit, staff):
        each[access.PLACED_HERE] = [str(order.id), str(other.id)]
        each.save()
    erase()
    assert not Session.objects.filter(session_key=visit.session_key).exists()
    assert admin_client.session[access.PLACED_HERE] == [str(other.id)]


@pytest.mark.parametrize("apply", [False, True])
def test_an_unknown_customer_is_reported_in_one_line(apply: bool) -> None:
    make_customer(JOANN)
    with pytest.raises(CommandError, match=f"^there is no data of {ANN}: .*$"):
        erase(apply=apply)


def test_an_erased_customer_is_unknown_afterwards() -> None:
    order = make_customer()
    erase()
    order.refresh_from_db()
    for email in (ANN, order.email):
        with pytest.raises(CommandError, match="there is no data of"):
            erase(email)


@pytest.mark.parametrize("email", ["", "ann", "%@example.com\n1"])
def test_an_invalid_address_is_reported_in_one_line(email: str) -> None:
    with pytest.raises(CommandError, match=r"^.* is not an e-mail address$"):
        erase(email)


@pytest.mark.parametrize("apply", [False, True])
def test_an_open_order_is_named_and_nothing_is_erased(apply: bool) -> None:
    make_customer()
    make_order(email=ANN)
    before = list(all_that_is_stored())
    with pytest.raises(CommandError, match=f"^{ANN} has 1 open orders: .*$"):
        erase(apply=apply)
    assert list(all_that_is_stored()) == before


def test_a_due_mail_is_named_and_still_sent(mailoutbox: list[EmailMessage]) -> None:
    order = confirm(make_order(email=ANN))
    # Its event is on its way still.
    with pytest.raises(CommandError, match=r"^1 mails to .* are under way"):
        erase()
    (mail,) = write_order_mails([event_of(OrderConfirmed, order)])
    with pytest.raises(CommandError, match=r"^1 mails to .* are under way"):
        erase()
    services.send(mail_id=mail.id)
    erase()
    assert [each.to for each in mailoutbox] == [[ANN]]


def test_a_failed_mail_does_not_prevent_erasing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: EmailMessage) -> None:
        raise SMTPRecipientsRefused({ANN: (550, b"no such user")})

    order = confirm(make_order(email=ANN))
    (mail,) = write_order_mails([event_of(OrderConfirmed, order)])
    monkeypatch.setattr(EmailMessage, "send", refuse)
    tasks.send_mail.apply(args=(mail.id,))
    assert Mail.objects.get().state == Mail.State.GIVEN_UP
    assert ANN not in DeadLetter.objects.get().reason
    DeadLetter.objects.update(reason=f"MailGivenUp: 550 {ANN}")  # as earlier releases wrote it
    erase()
    assert not is_stored(ANN)
    with pytest.raises(MessageUnreadable, match="no mail"):
        services.send(mail_id=mail.id)


def test_a_postponed_mail_counts_as_due(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: EmailMessage) -> None:
        raise SMTPRecipientsRefused({ANN: (450, b"mailbox busy")})

    order = confirm(make_order(email=ANN))
    (mail,) = write_order_mails([event_of(OrderConfirmed, order)])
    monkeypatch.setattr(EmailMessage, "send", refuse)
    tasks.send_mail.apply(args=(mail.id,))
    with pytest.raises(CommandError, match=r"^1 mails to .* are under way"):
        erase()


def test_an_old_order_without_its_mail_does_not_prevent_erasing() -> None:
    confirm(make_order(email=ANN))
    Order.objects.update(ended_at=timezone.now() - timedelta(days=100))
    erase()
    assert not is_stored(ANN)


def test_an_erased_customer_gets_no_mail(mailoutbox: list[EmailMessage]) -> None:
    order = make_customer()
    mailoutbox.clear()
    erase()
    with transaction.atomic():
        cancelled = cancel(order)
    event = event_of(OrderCancelled, cancelled, reason="by the shop")
    assert write_order_mails([event]) == []


def test_a_repeated_request_of_an_erased_customer_makes_no_second_order(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr("apps.orders.prices.look_up_prices", FakePrices(ABC="9.99").look_up)

    def ask() -> Order:
        lines = [RequestedLine(sku="ABC", quantity=1)]
        return checkout.check_out(email=ANN, lines=lines, idempotency_key="k").order

    order = confirm(ask())
    Order.objects.update(ended_at=timezone.now() - timedelta(days=2))
    erase()
    with pytest.raises(KeyReused):
        ask()
    assert idempotency.order_of("k") == order
