"""Request-reply, the asking side: how far a parcel is."""

from apps.messaging.errors import RequestRefused
from apps.messaging.request_reply.client import ask
from apps.parcels.contract import SUBJECT, UNKNOWN_PARCEL, ParcelQuery, ParcelState
from apps.parcels.errors import UnknownParcel

TIMEOUT_SECONDS = 1.0


def track(id: int) -> ParcelState:
    """Ask a responder. Raises `UnknownParcel`, and the errors of `ask`."""
    try:
        return ask(SUBJECT, ParcelQuery(id=id), ParcelState, timeout=TIMEOUT_SECONDS)
    except RequestRefused as error:
        if error.code == UNKNOWN_PARCEL:
            raise UnknownParcel(id) from error
        raise
