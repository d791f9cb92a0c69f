"""The reads of parcels."""

from apps.parcels.contract import ParcelState
from apps.parcels.errors import UnknownParcel
from apps.parcels.models import Parcel


def state_of(id: int) -> ParcelState:
    """Return how far a parcel is. Raises `UnknownParcel`."""
    parcel = Parcel.objects.filter(id=id).select_related("notice").first()
    if parcel is None:
        raise UnknownParcel(id)
    return ParcelState(label=parcel.label, noticed=hasattr(parcel, "notice"))
