"""Errors of parcels, and who must act on each.

ParcelsError
└── UnknownParcel  the caller: there is no parcel with this id
"""


class ParcelsError(Exception):
    """Something is wrong with a parcel."""


class UnknownParcel(ParcelsError):
    """There is no parcel with this id."""

    def __init__(self, id: int) -> None:
        super().__init__(f"there is no parcel {id}")
