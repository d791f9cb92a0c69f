"""Errors between processes, and who must act on each.

MessagingError
├── OutsideTransaction   the programmer: call `outbox.record` inside `transaction.atomic()`
├── MessageTooLarge      the programmer: send a reference, not the data itself
├── MessageUnreadable    no one: no retry can help, the message becomes a dead letter
├── UnknownVersion       who deploys: replace the readers of an event before its writers
├── NotProvisioned       the operator: each detail is a line that says what to do
├── NotADeadLetter       the caller of a redrive or a drop: read the list again
├── RequestFailed        the caller of `request_reply.ask`
│   ├── NoResponder      no responder is subscribed, or only wrong answers came: try again later
│   ├── RequestTimeout   the responder is too slow, or gone: try again later
│   └── RequestRefused   the responder rejects the request: do not repeat it unchanged
├── LeaseLost            the handler of a job: stop, another worker may have the job
└── BrokerAway           the loop: the broker does not answer, try again
"""


class MessagingError(Exception):
    """Something between two processes went wrong."""

    def __init__(self, *details: str) -> None:
        # The docstring is the default message.
        super().__init__(*(details or ((type(self).__doc__ or "").strip().splitlines()[0],)))


class OutsideTransaction(MessagingError):
    """outbox.record() must be called inside transaction.atomic(), with the effect it announces."""


class MessageTooLarge(MessagingError):
    """Body and headers together are over the limit of one message."""


class MessageUnreadable(MessagingError):
    """No retry can help: it cannot be read, contradicts what is stored, or ends its worker."""


class UnknownVersion(MessagingError):
    """The event has a version that this reader does not know, or does not know yet."""


class NotProvisioned(MessagingError):
    """A stream, a durable or a queue could not be created as declared."""


class NotADeadLetter(MessagingError):
    """There is no such dead letter, or it is not dead any more."""


class RequestFailed(MessagingError):
    """A request got no good answer."""


class NoResponder(RequestFailed):
    """No responder is subscribed to this subject at the moment."""


class RequestTimeout(RequestFailed):
    """No answer came within the timeout."""


class RequestRefused(RequestFailed):
    """The responder answered with an error."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


class LeaseLost(MessagingError):
    """This worker has lost the lease of the job."""


class BrokerAway(MessagingError):
    """The broker cannot be reached."""
