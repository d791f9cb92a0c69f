"""Why a test fails in the test kit, and who must act.

KitError          the author of the test: the call cannot mean anything
NotHandled        the author of the handler: the message was not handled
├── WillRetry     it raised an error; the broker would deliver the message again
└── DeadLettered  it can never handle this message, which is a dead letter now
"""


class KitError(Exception):
    """The test asks for what is not declared; the text says what to declare."""


class NotHandled(AssertionError):
    """A message was not handled; the text has the reason and the handler's traceback."""


class WillRetry(NotHandled):
    """The handler failed, and the message would be delivered again after a delay."""


class DeadLettered(NotHandled):
    """The message was given up, and is kept as a dead letter."""
