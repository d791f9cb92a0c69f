"""What is wrong with a photo, and who must act on it.

ImagesError
├── UnknownPhoto      the caller: there is no photo with this id
└── PhotoRefused      whoever took it: send another picture
    ├── NotAPicture       seen at the door
    ├── PictureTooLarge   seen at the door
    └── PictureBroken     seen only when it is decoded
"""

from typing import ClassVar


class ImagesError(Exception):
    """Something is wrong with a photo."""


class UnknownPhoto(ImagesError):
    """There is no photo with this id."""

    def __init__(self, id: int) -> None:
        super().__init__(f"there is no photo {id}")


class PhotoRefused(ImagesError):
    """This picture cannot be shown; the message says why, in words for whoever sent it."""

    status: ClassVar[int] = 400


class NotAPicture(PhotoRefused):
    """This is no JPEG, PNG or WebP picture."""

    def __init__(self) -> None:
        super().__init__("this is no JPEG, PNG or WebP picture")


class PictureTooLarge(PhotoRefused):
    """The picture has too many bytes or pixels."""

    status = 413


class PictureBroken(PhotoRefused):
    """The picture begins well but cannot be decoded."""
