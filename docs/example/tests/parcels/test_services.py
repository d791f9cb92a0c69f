"""A parcel, its event and its job are stored together, and each effect is made once."""

import pytest
from django.db import transaction

from apps.messaging.models import OutboxMessage
from apps.parcels import services
from apps.parcels.errors import UnknownParcel
from apps.parcels.models import Notice, Parcel

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_parcel_is_stored_with_its_event_and_its_job() -> None:
    parcel = services.send_parcel(address="1 Quay Lane")
    recorded = {row.destination: row.body for row in OutboxMessage.objects.all()}
    body = f'{{"id":{parcel.id}}}'
    assert recorded == {"parcels.sent": body, "labels": body}


def test_a_rollback_takes_all_three_with_it() -> None:
    with transaction.atomic():
        services.send_parcel(address="1 Quay Lane")
        transaction.set_rollback(True)
    assert not Parcel.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_a_parcel_has_one_notice() -> None:
    parcel = services.send_parcel(address="1 Quay Lane")
    for _ in range(2):
        services.make_notice(id=parcel.id)
    assert Notice.objects.count() == 1


def test_a_label_that_is_printed_again_is_the_same() -> None:
    parcel = services.send_parcel(address="1 Quay Lane")
    for _ in range(2):
        services.print_label(id=parcel.id)
        parcel.refresh_from_db()
        assert parcel.label == "To: 1 Quay Lane"


def test_what_is_asked_of_a_parcel_that_there_is_not_fails() -> None:
    for service in (services.make_notice, services.print_label):
        with pytest.raises(UnknownParcel, match="there is no parcel 7"):
            service(id=7)
