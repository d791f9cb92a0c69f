"""What can go wrong between processes, and who must act on it.

MessagingError
├── OutsideTransaction   the programmer: call `outbox.record` inside `transaction.atomic()`
├── MessageTooLarge      the programmer: send a reference, not the thing
├── MessageUnreadable    no retry can help this message: it becomes a dead letter
├── NotProvisioned       the operator: each detail is a line that says what to do
├── LetterNotDead        whoever redrives or drops: look at the list again
├── RequestFailed        the caller of `request_reply.ask`
│   ├── NoResponder      no responder is there: try again later
│   ├── RequestTimeout   one may be there, too slow: try again later
│   └── RequestRefused   an answer, and it is no: do not repeat it unchanged
├── LeaseLost            the work on a job: stop, another worker may have it
└── BrokerAway           the broker does not answer: the loop tries again
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
    """The message cannot be understood, now or later."""


class NotProvisioned(MessagingError):
    """A stream, a durable or a queue could not be made as it is declared."""


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
    """The job is not ours any more."""


class BrokerAway(MessagingError):
    """The broker cannot be reached."""
