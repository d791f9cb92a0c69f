"""The table of `aws sqs`: what this terminal knows of the command."""

from apps.lab.terminal import aws_sqs
from apps.lab.terminal.tool import Flag, ToolCommand

LONGEST_WAIT = 20
"""Seconds; SQS's own limit."""


def _whole(text: str) -> int:
    """Read a whole number; SQS itself says which it takes."""
    return int(text)


def _wait(text: str) -> int:
    seconds = int(text)
    if not 0 <= seconds <= LONGEST_WAIT:
        raise ValueError(f"must be >= 0 and <= {LONGEST_WAIT}, if provided")
    return seconds


QUEUE_NAME = Flag(name="queue-name", value="<value>", is_required=True, says="The queue's name")
QUEUE_URL = Flag(
    name="queue-url",
    value="<value>",
    is_required=True,
    says='The queue\'s URL; "$Q" is that of jobs',
)
HANDLE = Flag(
    name="receipt-handle",
    value="<value>",
    is_required=True,
    says='The handle of a receive; "$RECEIPT_HANDLE" is the newest',
)


def _names(name: str, says: str) -> Flag:
    return Flag(name=name, value="<value>...", is_list=True, takes_words=True, says=says)


def _number(name: str, says: str, *, is_required: bool = False) -> Flag:
    return Flag(name=name, value="<value>", reads=_whole, is_required=is_required, says=says)


SQS = (
    ToolCommand(
        words=("sqs", "create-queue"),
        says="Creates a queue; one that is there already is returned",
        does=aws_sqs.create_queue,
        flags=(QUEUE_NAME,),
    ),
    ToolCommand(
        words=("sqs", "delete-queue"),
        says="Deletes a queue of yours, with all that it has; those of the shop stay",
        does=aws_sqs.delete_queue,
        flags=(QUEUE_URL,),
    ),
    ToolCommand(
        words=("sqs", "get-queue-url"),
        says="Returns the URL of a queue",
        does=aws_sqs.get_queue_url,
        flags=(QUEUE_NAME,),
    ),
    ToolCommand(
        words=("sqs", "send-message"),
        says="Delivers a message to a queue",
        does=aws_sqs.send_message,
        names=('"$Q"',),
        flags=(
            QUEUE_URL,
            Flag(name="message-body", value="<value>", is_required=True, says="The message"),
            _number("delay-seconds", "Seconds for which it is delayed"),
        ),
    ),
    ToolCommand(
        words=("sqs", "receive-message"),
        says="Receives one or more messages, and hides them for the visibility timeout",
        does=aws_sqs.receive_message,
        names=('"$Q"',),
        flags=(
            QUEUE_URL,
            _number("max-number-of-messages", "From 1 to 10; 1 by default"),
            Flag(
                name="wait-time-seconds",
                value="<value>",
                reads=_wait,
                default=0,
                says="Seconds to wait for a message, from 0 to 20",
            ),
            _number("visibility-timeout", "Seconds for which the messages are hidden"),
            _names("attribute-names", "Such as ApproximateReceiveCount, or All"),
            _names("message-attribute-names", "Names of message attributes, or All"),
        ),
    ),
    ToolCommand(
        words=("sqs", "delete-message"),
        says="Deletes a message, by the handle of its receive",
        does=aws_sqs.delete_message,
        names=('"$Q"', '"$RECEIPT_HANDLE"'),
        flags=(QUEUE_URL, HANDLE),
    ),
    ToolCommand(
        words=("sqs", "change-message-visibility"),
        says="Changes for how long a received message stays hidden",
        does=aws_sqs.change_message_visibility,
        names=('"$Q"', '"$RECEIPT_HANDLE"'),
        flags=(
            QUEUE_URL,
            HANDLE,
            _number("visibility-timeout", "Seconds from now on; 0 shows it", is_required=True),
        ),
    ),
    ToolCommand(
        words=("sqs", "get-queue-attributes"),
        says="Gets attributes of a queue, such as how many messages wait",
        does=aws_sqs.get_queue_attributes,
        names=('"$Q"',),
        flags=(QUEUE_URL, _names("attribute-names", "Such as ApproximateNumberOfMessages, or All")),
    ),
)
