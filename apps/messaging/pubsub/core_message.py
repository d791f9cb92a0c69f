"""A message of core NATS, which has no storage and no sequence."""

from collections.abc import Mapping
from dataclasses import dataclass

from nats.aio.msg import Msg

from apps.messaging.hooks import ReachesHooks


@dataclass(frozen=True, slots=True)
class CoreMessage(ReachesHooks):
    """Subject, headers and bytes; `group` is the queue group or service that it came to, if any."""

    subject: str
    headers: Mapping[str, str]
    body: bytes
    group: str = ""

    @classmethod
    def of(cls, msg: Msg, *, group: str = "") -> "CoreMessage":
        """Return what nats-py received, without its connection."""
        return cls(msg.subject, msg.headers or {}, msg.data, group)

    @property
    def message_id(self) -> str:
        """Return the id that the sender has set; empty if there is none."""
        return self.headers.get("ce-id", "")
