"""The writes to parcels, one transaction each."""

from django.db import transaction

from apps.messaging import outbox
from apps.parcels.contract import PrintLabel
from apps.parcels.errors import UnknownParcel
from apps.parcels.events import ParcelSent
from apps.parcels.models import Notice, Parcel


@transaction.atomic
def send_parcel(*, address: str) -> Parcel:
    """Store a parcel with its event and its job: all three, or none of them."""
    parcel = Parcel.objects.create(address=address)
    outbox.record(ParcelSent(id=parcel.id), key=str(parcel.id))
    outbox.record(PrintLabel(id=parcel.id), key=str(parcel.id))
    return parcel


@transaction.atomic
def make_notice(*, id: int) -> None:
    """Make the notice of a parcel that has none. Raises `UnknownParcel`."""
    _require(id)
    Notice.objects.get_or_create(parcel_id=id)


@transaction.atomic
def print_label(*, id: int) -> None:
    """Give a parcel its label; a repeat prints the same one. Raises `UnknownParcel`."""
    parcel = _require(id)
    parcel.label = f"To: {parcel.address}"
    parcel.save(update_fields=["label"])


def _require(id: int) -> Parcel:
    parcel = Parcel.objects.filter(id=id).first()
    if parcel is None:
        raise UnknownParcel(id)
    return parcel
