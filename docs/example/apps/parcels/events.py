"""The events of a parcel, and the stream that stores them for their consumers."""

from typing import ClassVar

from apps.messaging.contracts.declaring import event
from apps.messaging.events.streams import Stream
from apps.messaging.message import Event
from apps.parcels.contract import ParcelId

PARCELS = Stream(name="PARCELS", subjects=("parcels.>",))


class ParcelSent(Event):
    """A parcel has left us. It has no address: all consumers read events, for days."""

    subject: ClassVar[str] = "parcels.sent"

    id: ParcelId


CONTRACTS = (event(ParcelSent, producers=["web"]),)
