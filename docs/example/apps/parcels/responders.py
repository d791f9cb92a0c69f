"""Request-reply, the answering side: how far a parcel is, read from the database."""

from apps.messaging.request_reply.responder import Refusal, Service
from apps.parcels.contract import GROUP, SUBJECT, UNKNOWN_PARCEL, ParcelQuery, ParcelState
from apps.parcels.errors import UnknownParcel
from apps.parcels.queries import state_of


def answer(body: bytes) -> ParcelState:
    """Return the state of the parcel that the request names."""
    asked = ParcelQuery.read(body)
    try:
        return state_of(asked.id)
    except UnknownParcel as error:
        raise Refusal(UNKNOWN_PARCEL, str(error)) from error


SERVICE = Service(
    name="tracking",
    description="How far a parcel is",
    subject=SUBJECT,
    group=GROUP,
    handle=answer,
    threads=2,  # Each may wait for the database. Without threads it must answer from memory.
)
