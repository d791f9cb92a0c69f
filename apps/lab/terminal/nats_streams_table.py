"""The table of `nats`, second part: streams."""

from apps.lab.terminal import nats_streams
from apps.lab.terminal.nats_flags import (
    DEFAULTS,
    JSON,
    NAMES,
    RAW,
    SEQUENCE,
    STREAM,
    in_group,
    number,
    one_of,
)
from apps.lab.terminal.nats_text import nanoseconds_of
from apps.lab.terminal.tool import Argument, Flag, ToolCommand

_SHORT = ("str", "s")

STREAMS = (
    ToolCommand(
        **in_group("stream", "add", short=_SHORT),
        says="Create a new stream",
        does=nats_streams.add,
        names=("ORDERS",),
        arguments=(STREAM,),
        flags=(
            Flag(
                name="subjects",
                value="SUBJECTS",
                is_list=True,
                is_required=True,
                says="Subjects that are consumed by the stream",
            ),
            Flag(
                name="storage",
                value="STORAGE",
                default="file",
                reads=one_of("file", "memory"),
                says="Storage backend to use (file, memory)",
            ),
            Flag(
                name="retention",
                value="RETENTION",
                default="limits",
                reads=one_of("limits", "interest", work="workqueue"),
                says="Defines a retention policy (limits, interest, work)",
            ),
            Flag(
                name="discard",
                value="DISCARD",
                default="old",
                reads=one_of("new", "old"),
                says="Defines the discard policy (new, old)",
            ),
            Flag(
                name="max-age",
                value="AGE",
                default=0,
                reads=nanoseconds_of,
                says="Maximum age of messages to keep",
            ),
            Flag(
                name="max-msgs",
                value="COUNT",
                default=-1,
                reads=SEQUENCE,
                says="Maximum amount of messages to keep",
            ),
            Flag(
                name="max-bytes",
                value="BYTES",
                default=-1,
                reads=SEQUENCE,
                says="Maximum bytes to keep",
            ),
            Flag(
                name="dupe-window",
                value="WINDOW",
                default=0,
                reads=nanoseconds_of,
                says="Duration of the duplicate message tracking window",
            ),
            Flag(
                name="replicas",
                value="REPLICAS",
                default=1,
                reads=number(5),
                says="When clustered, how many replicas of the data to create",
            ),
            DEFAULTS,
        ),
    ),
    ToolCommand(
        **in_group("stream", "ls", short=_SHORT),
        says="List all known streams",
        does=nats_streams.list_all,
        flags=(NAMES,),
    ),
    ToolCommand(
        **in_group("stream", "info", short=_SHORT),
        says="Stream information",
        does=nats_streams.info,
        names=("ORDERS",),
        arguments=(STREAM,),
        flags=(JSON,),
    ),
    ToolCommand(
        **in_group("stream", "get", short=_SHORT),
        says="Retrieves a specific message from a Stream",
        does=nats_streams.get,
        names=("ORDERS",),
        arguments=(
            STREAM,
            Argument(
                name="id", says="Message Sequence to retrieve", reads=SEQUENCE, is_required=False
            ),
        ),
        flags=(
            Flag(
                name="last-for",
                short="S",
                value="SUBJECT",
                default="",
                says="Retrieves the message for a specific subject",
            ),
        ),
    ),
    ToolCommand(
        **in_group("stream", "view", short=_SHORT),
        says="View messages in a stream",
        does=nats_streams.view,
        names=("ORDERS",),
        arguments=(
            STREAM,
            Argument(
                name="size",
                says="Page size <= 25",
                reads=number(25),
                default=10,
                is_required=False,
            ),
        ),
        flags=(
            Flag(
                name="id",
                value="ID",
                reads=SEQUENCE,
                says="Start at a specific message Sequence",
            ),
            RAW,
            Flag(
                name="subject",
                value="SUBJECT",
                default="",
                says="Filter the stream using a subject",
            ),
        ),
    ),
)
