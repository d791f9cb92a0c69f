"""Which of JetStream's errors are the fault of the message, which it will then never accept."""

from nats.js.errors import BadRequestError

from apps.messaging.errors import MessagingError

_MESSAGES_OWN = frozenset(
    {
        10054,  # message size exceeds maximum allowed
        10097,  # header size exceeds maximum allowed of 64k
        # What it expects of the stream is not so.
        10060,  # expected stream does not match
        10070,  # wrong last msg ID
        10071,  # wrong last sequence
        10164,  # wrong last sequence, without the number
        10193,  # missing sequence for expected last sequence per subject
        # Its headers ask for what the stream does not do, or are invalid.
        *(10165, 10166),  # per-message TTL
        *(10168, 10170, 10171),  # message counter
        *(10174, 10175, 10176, 10177, 10179, 10199, 10200, 10201),  # atomic publish
        *(10188, 10189, 10190, 10191, 10192, 10203, 10212, 10223),  # message schedules
        *(10205, 10206, 10207, 10208),  # batch publish
    }
)
"""The `error_code` of each error 400 about a message: `server/errors.json` of nats-server 2.15.

Other errors 400 are about the stream, the account or the server, as when a limit was lowered.
"""


def is_messages_fault(error: BaseException) -> bool:
    """Return whether the stream will never accept this message.

    An error that we do not know is not the message's: a dead letter needs a hand, a wait does not.
    """
    if isinstance(error, BadRequestError):
        return error.err_code in _MESSAGES_OWN
    return isinstance(error, MessagingError)
