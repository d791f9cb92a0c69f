"""The table of `nats`, third part: consumers."""

from apps.lab.terminal import nats_consumer_info, nats_consumers
from apps.lab.terminal.nats_flags import (
    CONSUMER,
    DEFAULTS,
    JSON,
    MOST_MESSAGES,
    NAMES,
    RAW,
    SEQUENCE,
    STREAM,
    in_group,
    number,
    one_of,
)
from apps.lab.terminal.nats_text import nanoseconds_of
from apps.lab.terminal.tool import Flag, ToolCommand

_SHORT = ("con", "c")

CONSUMERS = (
    ToolCommand(
        **in_group("consumer", "add", short=_SHORT),
        says="Creates a new consumer",
        does=nats_consumers.add,
        names=("ORDERS",),
        arguments=(STREAM, CONSUMER),
        flags=(
            Flag(name="pull", default=True, says="Deliver messages in 'pull' mode"),
            Flag(
                name="ack",
                value="ACK",
                default="explicit",
                reads=one_of("none", "all", "explicit"),
                says="Acknowledgment policy (none, all, explicit)",
            ),
            Flag(
                name="deliver",
                value="POLICY",
                default="all",
                reads=one_of("all", "new", "last", subject="last_per_subject"),
                says="Start policy (all, new, last, subject)",
            ),
            Flag(
                name="filter",
                value="SUBJECT",
                default="",
                says="Filter Stream by a subject",
            ),
            Flag(
                name="max-deliver",
                value="TRIES",
                default=0,
                reads=SEQUENCE,
                says="Maximum amount of times a message will be delivered",
            ),
            Flag(
                name="wait",
                value="DURATION",
                default=0,
                reads=nanoseconds_of,
                says="Acknowledgment waiting time",
            ),
            DEFAULTS,
        ),
    ),
    ToolCommand(
        **in_group("consumer", "next", short=_SHORT),
        says="Retrieves messages from Pull consumers without interactive prompts",
        does=nats_consumers.take_next,
        names=("ORDERS",),
        arguments=(STREAM, CONSUMER),
        flags=(
            Flag(
                name="ack", default=True, can_be_negated=True, says="Acknowledge received message"
            ),
            Flag(name="nak", default=False, says="Perform a Negative Acknowledgement"),
            Flag(name="term", default=False, says="Terms the message"),
            RAW,
            Flag(
                name="count",
                value="1",
                default=1,
                reads=number(MOST_MESSAGES),
                says="Number of messages to try to fetch from the pull consumer",
            ),
        ),
    ),
    ToolCommand(
        **in_group("consumer", "info", short=_SHORT),
        says="Consumer information",
        does=nats_consumer_info.info,
        names=("ORDERS",),
        arguments=(STREAM, CONSUMER),
        flags=(JSON,),
    ),
    ToolCommand(
        **in_group("consumer", "ls", short=_SHORT),
        says="List known consumers",
        does=nats_consumer_info.list_all,
        names=("ORDERS",),
        arguments=(STREAM,),
        flags=(NAMES,),
    ),
    ToolCommand(
        **in_group("consumer", "report", short=_SHORT),
        says="Reports on Consumer statistics",
        does=nats_consumer_info.report_all,
        names=("ORDERS",),
        arguments=(STREAM,),
    ),
    ToolCommand(
        **in_group("consumer", "rm", short=_SHORT),
        says="Removes a consumer",
        does=nats_consumers.remove,
        names=("ORDERS",),
        arguments=(STREAM, CONSUMER),
        flags=(
            Flag(name="force", short="f", default=False, says="Force removal without prompting"),
        ),
    ),
)
