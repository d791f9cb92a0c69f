"""Errors of photos, and who must act on each.

ImagesError
├── UnknownPhoto      the caller: there is no photo with this id
├── DecoderLost       no one: the job is tried again
├── OriginalMissing   an operator: the file cannot be had; the job is tried again first
└── PhotoInvalid      the uploader: send another picture
    ├── NotAPicture       found at the upload
    ├── PictureTooLarge   found at the upload
    └── PictureBroken     found when it is decoded, or when reading its header takes too long
"""

from typing import ClassVar


class ImagesError(Exception):
    """Something is wrong with a photo."""


class UnknownPhoto(ImagesError):
    """There is no photo with this id."""

    def __init__(self, id: int) -> None:
        super().__init__(f"there is no photo {id}")


class DecoderLost(ImagesError):
    """The decoder was ended, stood still, or none was free in time; the picture may be good."""


class OriginalMissing(ImagesError):
    """The uploaded file cannot be had: its storage is not mounted, is another one, has lost it, or
    does not let this process read it.
    """


class PhotoInvalid(ImagesError):
    """The shop cannot show this picture; the message says why, in words for the uploader."""

    status: ClassVar[int] = 400


class NotAPicture(PhotoInvalid):
    """This is no JPEG, PNG or WebP picture."""

    def __init__(self, reason: str = "this is no JPEG, PNG or WebP picture") -> None:
        super().__init__(reason)


class PictureTooLarge(PhotoInvalid):
    """The picture has too many bytes or pixels."""

    status = 413


class PictureBroken(PhotoInvalid):
    """The picture's header is valid, but the rest cannot be decoded within the limits."""
