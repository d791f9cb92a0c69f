"""Durable events, the consuming side: a parcel was sent -> the notice to its receiver."""

from apps.messaging.errors import MessageUnreadable
from apps.messaging.events.streams import Consumer
from apps.parcels import services
from apps.parcels.errors import UnknownParcel
from apps.parcels.events import PARCELS, ParcelSent


def make_notice(event: ParcelSent) -> None:
    """Runs in one transaction with its inbox entry, so it has its effect once."""
    try:
        services.make_notice(id=event.id)
    except UnknownParcel as error:
        raise MessageUnreadable(str(error)) from error


CONSUMER = Consumer(durable="tracking", stream=PARCELS, handlers={ParcelSent: make_notice})
