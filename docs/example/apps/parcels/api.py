"""Parcels over HTTP: send one, and ask how far it is."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

from apps.messaging.message import Text
from apps.parcels import services
from apps.parcels.client import track
from apps.parcels.contract import ParcelId, ParcelState
from apps.parcels.models import Parcel

router = Router(tags=["parcels"])


class ParcelIn(Schema):
    """A parcel to send."""

    address: Annotated[Text, Field(min_length=1, max_length=500)]


class ParcelOut(Schema):
    """The parcel is stored; ask `GET /api/parcels/{id}` for its label and its notice."""

    id: int


class ParcelStateOut(Schema):
    """How far a parcel is: its label, empty until it is printed, and whether its notice is made."""

    label: str
    noticed: bool


@router.post("/parcels", response={201: ParcelOut}, summary="Send a parcel")
def send_parcel(request: HttpRequest, parcel: ParcelIn) -> Status[Parcel]:
    return Status(201, services.send_parcel(address=parcel.address))


@router.get("/parcels/{int:id}", response=ParcelStateOut, summary="How far a parcel is")
def show_parcel(request: HttpRequest, id: Path[ParcelId]) -> ParcelState:
    return track(id)
