"""Jobs of the queue `labels`: which are done, and which are dead at once."""

import pytest

from apps.messaging.errors import MessageUnreadable
from apps.parcels import services
from apps.parcels.jobs import print_label
from apps.parcels.models import Parcel
from tests.messaging.support.jobs import make_received

pytestmark = pytest.mark.django_db


def test_a_job_prints_the_label() -> None:
    parcel = services.send_parcel(address="1 Quay Lane")
    print_label(make_received(body=f'{{"id": {parcel.id}}}'))
    assert Parcel.objects.get().label == "To: 1 Quay Lane"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("print 7 please", "Invalid JSON"),
        ('{"id": "seven"}', "id"),
        ('{"id": -7}', "id"),
        ("{}", "id: Field required"),
        ('{"id": 7}', "there is no parcel 7"),
    ],
)
def test_a_job_that_can_never_succeed_is_dead_at_once(body: str, reason: str) -> None:
    with pytest.raises(MessageUnreadable, match=reason):
        print_label(make_received(body=body))
