"""An event of any version that its reader knows becomes one of the current version."""

from abc import ABC, abstractmethod

from apps.messaging.message import Event


class EarlierEvent(Event, ABC):
    """A version that is still read, and not written any more: streams store it for days."""

    @abstractmethod
    def upcast(self) -> Event:
        """Return it as the next version."""


def read_any_version(current: type[Event], ce_type: str, body: bytes) -> Event | None:
    """Return the event, upcast from version to version; None if no known version has this type.

    Raises `MessageUnreadable` if the body is not of that version.
    """
    for version in (current, *current.earlier):
        if version.ce_type() == ce_type:
            event = version.read(body)
            while isinstance(event, EarlierEvent):
                event = event.upcast()
            return event
    return None
