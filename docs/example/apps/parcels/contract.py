"""The job for a parcel, and the question about one with its answer."""

from typing import Annotated, ClassVar

from pydantic import Field

from apps.messaging.contracts.declaring import job, request_reply
from apps.messaging.message import Job, Payload, Text

SUBJECT = "track.parcel"
GROUP = "tracking"

UNKNOWN_PARCEL = 404
"""The code of the answer about a parcel that there is not."""

type ParcelId = Annotated[int, Field(strict=True, ge=1, lt=2**63)]


class PrintLabel(Job):
    """Asks for the label of one parcel."""

    queue: ClassVar[str] = "labels"

    id: ParcelId


class ParcelQuery(Payload):
    """Asks how far a parcel is."""

    id: ParcelId


class ParcelState(Payload):
    """How far it is: its label, empty until it is printed, and whether its notice is made."""

    label: Text
    noticed: bool


CONTRACTS = (
    job(PrintLabel, producers=["web"], consumers=["label_printer"]),
    *request_reply(
        SUBJECT,
        ParcelQuery,
        ParcelState,
        group=GROUP,
        askers=["web"],
        responders=["parcel_responder"],
    ),
)
